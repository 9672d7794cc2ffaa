package dev.reprise.operations.immutability;

import dev.reprise.base.DurableFile;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.cache.CacheFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What this machine knows of how a repository's place keeps objects, beside its copies of
/// metadata. Losing it costs a probe. Belongs to one thread.
public final class ImmutabilityMemory {
    private static final String FILE = "immutability.json";
    private static final int FORMAT = 1;
    /// A hundred thousand points are 10 MB.
    private static final long MOST_BYTES = 64L << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /// @param probe     null if there was none
    /// @param looked    when retentions were read, ISO 8601; null if never
    /// @param points    end of what is kept, by run: ISO 8601, or empty for what is not kept
    record Document(
            int format,
            @Nullable Probe probe,
            @Nullable String looked,
            @Nullable Map<String, String> points) {}

    /// @param at ISO 8601
    record Probe(
            @Nullable String at,
            @Nullable String createOnly,
            @Nullable String objectLock,
            @Nullable List<String> faults) {}

    /// Until when all that a point needs was kept, when that was looked at. It can only have
    /// become longer since.
    ///
    /// @param until null if something of it is not kept
    public record PointEnd(@Nullable Instant until, Instant looked) {}

    private final @Nullable CacheFolders folders;
    private final @Nullable Path folder;
    private @Nullable ProbeResult probed;
    private @Nullable Instant looked;
    private final Map<String, PointEnd> points = new HashMap<>();

    private ImmutabilityMemory(@Nullable CacheFolders folders, @Nullable Path folder) {
        this.folders = folders;
        this.folder = folder;
    }

    /// Reads what there is; what is damaged is as good as forgotten.
    ///
    /// @param folders    null remembers nothing
    /// @param repository its id
    public static ImmutabilityMemory of(@Nullable CacheFolders folders, String repository) {
        Path folder = folders == null ? null : folders.folder(repository);
        var memory = new ImmutabilityMemory(folders, folder);
        if (folder != null) {
            memory.load(folder.resolve(FILE));
        }
        return memory;
    }

    private void load(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                return;
            }
            Document document = MAPPER.readValue(Files.readAllBytes(file), Document.class);
            if (document == null || document.format() != FORMAT) {
                return;
            }
            probed = probe(document.probe());
            points(document);
        } catch (IOException | JacksonException | DateTimeException damaged) {
            probed = null;
            points.clear();
        }
    }

    private static @Nullable ProbeResult probe(@Nullable Probe probe) {
        if (probe == null || probe.at() == null) {
            return null;
        }
        return new ProbeResult(
                Instant.parse(probe.at()),
                text(probe.createOnly()),
                text(probe.objectLock()),
                probe.faults() == null ? List.of() : probe.faults());
    }

    private static String text(@Nullable String word) {
        return word == null ? "" : word;
    }

    private void points(Document document) {
        Map<String, String> found = document.points();
        if (document.looked() == null || found == null) {
            return;
        }
        Instant at = Instant.parse(document.looked());
        looked = at;
        found.forEach((run, until) -> points.put(run, new PointEnd(until.isEmpty() ? null : Instant.parse(until), at)));
    }

    /// Whether anything can be remembered.
    public boolean isKept() {
        return folder != null;
    }

    /// The newest probe.
    public Optional<ProbeResult> probed() {
        return Optional.ofNullable(probed);
    }

    /// Whether points were ever looked at.
    public boolean knowsPoints() {
        return !points.isEmpty();
    }

    /// When points were looked at last; null if never.
    public @Nullable Instant looked() {
        return looked;
    }

    /// Until when everything is kept that any point needs which was looked at; null if something is not kept, or
    /// no point was looked at.
    public @Nullable Instant firstEnd() {
        Instant first = null;
        for (PointEnd end : points.values()) {
            Instant until = end.until();
            if (until == null) {
                return null;
            }
            first = first == null || until.isBefore(first) ? until : first;
        }
        return first;
    }

    /// @return empty for a point that was not looked at yet
    public Optional<PointEnd> point(RunId run) {
        return Optional.ofNullable(points.get(run.hex()));
    }

    /// @return empty, or why it cannot be remembered
    public String remember(ProbeResult result) {
        probed = result;
        return save();
    }

    /// Replaces what was known of points.
    ///
    /// @return empty, or why it cannot be remembered
    public String remember(Map<RunId, PointEnd> found, Instant at) {
        looked = at;
        points.clear();
        found.forEach((run, end) -> points.put(run.hex(), end));
        return save();
    }

    private String save() {
        Path target = folder;
        CacheFolders place = folders;
        if (target == null || place == null) {
            return "this machine has no place for caches";
        }
        ProbeResult probe = probed;
        Instant at = looked;
        Map<String, String> ends = new TreeMap<>();
        points.forEach((run, end) ->
                ends.put(run, end.until() == null ? "" : end.until().toString()));
        var document = new Document(
                FORMAT,
                probe == null
                        ? null
                        : new Probe(probe.at().toString(), probe.createOnly(), probe.objectLock(), probe.faults()),
                at == null ? null : at.toString(),
                ends);
        try {
            place.prepare(target);
            DurableFile.replace(target.resolve(FILE), ByteBuffer.wrap(MAPPER.writeValueAsBytes(document)));
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
