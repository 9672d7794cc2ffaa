package dev.reprise.compat.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.compat.FolderListing;
import dev.reprise.compat.RepriseRepository;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// One repository of a history, what it must hold, and what was found in it last.
final class Place {
    private static final String PASSWORD = "campaign";

    private final Site site;
    private final Path scratch;
    private final RepriseRepository reprise;
    final Model model = new Model();
    private Map<ObjectId, Saved> found = Map.of();
    private final Set<ObjectId> withSummary = new HashSet<>();

    /// @param scratch for what is restored
    Place(Path folder, Path scratch) {
        this(new Site(folder.toString(), Map.of(), List.of(), () -> new LocalStorage(folder)), scratch);
    }

    /// @param site    where it lies
    /// @param scratch for what is restored
    Place(Site site, Path scratch) {
        this.site = site;
        this.scratch = scratch;
        reprise = new RepriseRepository(site.place(), PASSWORD, ZoneId.systemDefault());
    }

    /// Where a repository lies.
    ///
    /// @param location    as every program takes it
    /// @param environment variables that let programs in
    /// @param options     that do, before the verb
    /// @param place       opens it for our engine
    record Site(
            String location,
            Map<String, String> environment,
            List<String> options,
            Supplier<? extends Storage> place) {}

    void init(int version) {
        reprise.init(version);
    }

    String location() {
        return site.location();
    }

    Map<String, String> environment() {
        Map<String, String> all = new TreeMap<>(site.environment());
        all.putAll(
                Map.of("RESTIC_REPOSITORY", location(), "RESTIC_PASSWORD", PASSWORD, "TZ", "UTC", "GOMAXPROCS", "2"));
        return all;
    }

    /// A whole command line for this place.
    List<String> line(List<String> arguments) {
        return Stream.concat(site.options().stream(), arguments.stream()).toList();
    }

    Map<String, String> copyingFrom(Place source) {
        return Map.of(
                "RESTIC_REPOSITORY",
                location(),
                "RESTIC_PASSWORD",
                PASSWORD,
                "RESTIC_FROM_REPOSITORY",
                source.location(),
                "RESTIC_FROM_PASSWORD",
                PASSWORD,
                "TZ",
                "UTC");
    }

    /// Ids of the snapshots as they were found last.
    List<ObjectId> ids() {
        return found.keySet().stream().sorted().toList();
    }

    /// Snapshots of restic 0.14 have none.
    boolean hasSummary(ObjectId id) {
        return withSummary.contains(id);
    }

    Saved saved(ObjectId id) {
        return Objects.requireNonNull(found.get(id));
    }

    List<Saved> found() {
        return List.copyOf(found.values());
    }

    /// Lists and restores every snapshot with our engine.
    void look() throws IOException {
        Map<ObjectId, Saved> now = new LinkedHashMap<>();
        for (StoredSnapshot stored : reprise.snapshots()) {
            List<String> tags = stored.snapshot().tags().stream().sorted().toList();
            if (stored.snapshot().summary() != null) {
                withSummary.add(stored.id());
            }
            now.put(stored.id(), new Saved(stored.snapshot().time().toInstant(), tags, restored(stored.id())));
        }
        found = now;
    }

    private Map<String, String> restored(ObjectId id) throws IOException {
        Path target = Files.createTempDirectory(scratch, "restored");
        assertThat(reprise.restore(id, target)).as("restore of " + id).isEmpty();
        Map<String, String> listing = FolderListing.of(target);
        delete(target);
        return listing;
    }

    /// When the snapshots were made, without restoring them.
    List<Instant> times() {
        return reprise.snapshots().stream()
                .map(stored -> stored.snapshot().time().toInstant())
                .toList();
    }

    /// Restores one snapshot with a program.
    Map<String, String> restoredBy(Participant program, ObjectId id) throws IOException {
        Path target = Files.createTempDirectory(scratch, "restored");
        List<String> line = line(List.of("restore", id.hex(), "--target", target.toString(), "--no-lock"));
        Participant.Result result = program.run(new Participant.Run(scratch, environment(), line));
        assertThat(result.status()).as("%s restore: %s", program.name(), result).isZero();
        Map<String, String> listing = FolderListing.of(target);
        delete(target);
        return listing;
    }

    /// What our own check says of it.
    List<String> defects() {
        return new ArrayList<>(
                found.isEmpty() && model.snapshots().isEmpty()
                        ? List.of()
                        : reprise.check().stream()
                                .filter(defect -> !defect.startsWith("nothing was examined"))
                                .toList());
    }

    /// What a killed program was still writing has another name and is no lock.
    List<String> locks() {
        List<String> locks = new ArrayList<>();
        try (Storage storage = site.place().get()) {
            storage.list(ObjectType.LOCK, lock -> locks.add(lock.key().name()));
        }
        return locks;
    }

    static void delete(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(each);
            }
        }
    }
}
