package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// When each pack was last read whole and found good, by any host.
///
/// It lies in the repository as sealed documents beside restic's objects, so that hosts which check one repository in
/// turn share it. The newest time of a pack counts over all documents: several may lie there at once, and none of
/// them ever has to be changed. Losing them costs nothing but reading again.
public final class ReadingLog {
    private static final int FORMAT = 1;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /// @param readings packs by the second they were read in
    record Document(int format, List<Reading> readings) {}

    /// @param at    seconds since 1970
    /// @param packs ids, 64 hex digits each
    ///
    /// A document that leaves something out has null there.
    record Reading(long at, List<String> packs) {}

    private final Repository repository;
    private final Instant now;
    private final Map<ObjectId, Instant> readings = new HashMap<>();
    private final List<ObjectId> documents = new ArrayList<>();

    private ReadingLog(Repository repository, Instant now) {
        this.repository = repository;
        this.now = now;
    }

    /// Reads every document. One that is damaged is as good as none: its packs are read again.
    ///
    /// @param now readings after that are not believed: a clock was wrong
    public static ReadingLog load(Repository repository, Instant now) {
        var log = new ReadingLog(repository, now);
        List<ObjectId> found = new ArrayList<>();
        repository
                .storage()
                .list(
                        ObjectType.READINGS,
                        object -> found.add(ObjectId.parse(object.key().name())));
        for (ObjectId id : found) {
            log.add(id);
        }
        return log;
    }

    /// Stores a document that says nothing: an object that nobody minds, whatever becomes of it. The next [#save]
    /// removes it where it may.
    ///
    /// @return its id
    public static ObjectId saveEmpty(Repository repository) {
        return repository
                .unpacked()
                .save(ObjectType.READINGS, MAPPER.writeValueAsBytes(new Document(FORMAT, List.of())));
    }

    private void add(ObjectId id) {
        documents.add(id);
        try {
            Document document = MAPPER.readValue(repository.unpacked().load(ObjectType.READINGS, id), Document.class);
            if (document != null && document.readings() != null) {
                document.readings().forEach(this::add);
            }
        } catch (RepositoryException | JacksonException | IllegalArgumentException | DateTimeException e) {
            return; // damaged: the next save replaces it
        }
    }

    private void add(@Nullable Reading reading) {
        if (reading == null || reading.packs() == null) {
            return;
        }
        Instant at = Instant.ofEpochSecond(reading.at());
        for (String pack : reading.packs()) {
            if (pack != null && !at.isAfter(now)) {
                readings.merge(ObjectId.parse(pack), at, (a, b) -> a.isAfter(b) ? a : b);
            }
        }
    }

    /// Packs that were not read for `maxAge`, or never, the oldest first, as many as the budget allows.
    ///
    /// @param maxAge null for all packs
    /// @param budget bytes; at least one pack is chosen if any is due
    public PackSelection oldest(@Nullable Duration maxAge, long budget) {
        return new PackSelection.Oldest(Map.copyOf(readings), maxAge, budget, now);
    }

    public Coverage coverage(Map<ObjectId, Long> sizes, @Nullable Duration maxAge) {
        return Coverage.of(sizes, readings, maxAge, now);
    }

    /// Remembers what was read now. The new document also has what the others say of packs that still exist; those
    /// that were read are removed once it is stored, so that a host which saves at the same time loses nothing.
    ///
    /// @param existing packs that are there
    public void save(Collection<ObjectId> read, Set<ObjectId> existing) {
        read.forEach(pack -> readings.put(pack, now));
        readings.keySet().retainAll(existing);
        Map<Long, List<String>> bySecond = new TreeMap<>();
        readings.forEach((pack, at) -> bySecond.computeIfAbsent(at.getEpochSecond(), _ -> new ArrayList<>())
                .add(pack.hex()));
        List<Reading> entries = new ArrayList<>();
        bySecond.forEach((at, packs) ->
                entries.add(new Reading(at, packs.stream().sorted().toList())));
        byte[] json = MAPPER.writeValueAsBytes(new Document(FORMAT, entries));
        ObjectId saved = repository.unpacked().save(ObjectType.READINGS, json);
        for (ObjectId old : documents) {
            if (!old.equals(saved)) {
                remove(old);
            }
        }
    }

    /// Several documents are as good as one, so a place that lets nobody delete only keeps more of them.
    private void remove(ObjectId old) {
        try {
            repository.storage().delete(ObjectKey.of(ObjectType.READINGS, old));
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.DENIED) {
                throw e;
            }
        }
    }
}
