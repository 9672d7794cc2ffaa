package dev.reprise.sources.redis;

import dev.reprise.base.DurableFile;
import dev.reprise.base.RepriseException;
import dev.reprise.sources.Facts;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.SourceListener.SourceEvent;
import dev.reprise.sources.StreamSource.StoredStreams;
import dev.reprise.sources.pipe.ReportingStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

// A server with `appendonly yes` ignores an RDB and starts empty. Since 7.0 the append-only set may begin with an RDB,
// so the same bytes are put in place twice (one file with two names): whichever way the server is configured, it loads.
//
// Order: everything new is written in a folder of its own and checked, then the old is moved aside, then the new gets
// its place. What can fail for lack of room or because of damage has then happened before anything was touched.

/// One restore into a data directory. Used once, by one thread.
final class RedisRestore {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final RedisRestorePlan plan;
    private final RedisSettings settings;
    private final StoredStreams stored;
    private final SourceListener listener;
    private final Instant now;

    RedisRestore(
            RedisRestorePlan plan, RedisSettings settings, StoredStreams stored, SourceListener listener, Instant now) {
        this.plan = plan;
        this.settings = settings;
        this.stored = stored;
        this.listener = listener;
        this.now = now;
    }

    Facts run() {
        RedisPlanner.requireNoServer(settings, plan.folder());
        try {
            Files.createDirectories(plan.folder());
            Path fresh = Files.createTempDirectory(plan.folder(), "restore-");
            try {
                return restoreThrough(fresh);
            } finally {
                deleteOrWarn(fresh);
            }
        } catch (IOException e) {
            throw e.getCause() instanceof RepriseException known
                    ? known
                    : settings.failure(
                            "the restore into " + plan.folder() + " failed: " + e.getMessage(),
                            "mend what the message names and restore again; nothing was lost",
                            e);
        }
    }

    private Facts restoreThrough(Path fresh) throws IOException {
        step("writing and checking " + plan.files().rdb());
        Facts facts = writeRdb(fresh.resolve(plan.files().rdb()));
        if (plan.appendOnly()) {
            step("building the append-only set");
            buildAppendOnly(fresh);
        }
        if (plan.users()) {
            writeUsers(fresh);
        }
        giveAway(fresh);
        exchange(fresh);
        return facts;
    }

    /// A server started on a directory from which only something was moved would be empty, and save that.
    private void exchange(Path fresh) throws IOException {
        Path aside = plan.folder().resolve("before-restore-" + STAMP.format(now));
        var moves = new Moves();
        try {
            if (!plan.occupied().isEmpty()) {
                step("moving what is there aside");
                moveAside(aside, moves);
            }
            step("putting the files in place");
            putInPlace(fresh, moves);
        } catch (IOException | RuntimeException e) {
            List<String> stuck = moves.undo();
            if (!stuck.isEmpty()) {
                throw settings.failure(
                        "the restore into " + plan.folder() + " failed: " + e.getMessage()
                                + ", and not everything could be put back: " + String.join(", ", stuck),
                        "what was there is in " + aside + ": move it back before the server is started",
                        e);
            }
            Files.deleteIfExists(aside);
            throw e;
        }
    }

    private Facts writeRdb(Path target) throws IOException {
        FactsLevel level = stored.facts().digests().isEmpty() ? settings.level() : FactsLevel.DIGESTS;
        Path folder = parent(target);
        try (InputStream stream = stored.open(RedisCapture.RDB);
                var rdb = new CheckedRdb(new ReportingStream(stream, RedisCapture.RDB, listener), level);
                var file = DurableFile.create(folder, "rdb", OWNER_ONLY)) {
            byte[] buffer = new byte[1 << 16];
            for (int count = rdb.read(buffer); count >= 0; count = rdb.read(buffer)) {
                file.append(ByteBuffer.wrap(buffer, 0, count));
            }
            file.commit(target);
            if (rdb.census().isEmpty()) {
                listener.on(new SourceEvent.Warning("keys were not counted, because " + rdb.whyNot()));
            }
            var versions = new TreeMap<>(Map.of("rdb", String.valueOf(rdb.version())));
            SortedMap<String, Long> counts = rdb.census().map(RdbCensus::counts).orElseGet(TreeMap::new);
            SortedMap<String, String> digests =
                    rdb.census().map(RdbCensus::digests).orElseGet(TreeMap::new);
            return new Facts(now, versions, new TreeMap<>(), counts, digests);
        }
    }

    private void buildAppendOnly(Path fresh) throws IOException {
        Path rdb = fresh.resolve(plan.files().rdb());
        String name = plan.files().appendOnly();
        if (!plan.multiPart()) {
            linkOrCopy(rdb, fresh.resolve(name)); // before 7.0 the one file may begin with an RDB
            return;
        }
        Path folder = Files.createDirectory(
                fresh.resolve(plan.files().appendFolder()),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        linkOrCopy(rdb, folder.resolve(name + ".1.base.rdb"));
        DurableFile.replace(folder.resolve(name + ".1.incr.aof"), ByteBuffer.allocate(0));
        String manifest = "file %1$s.1.base.rdb seq 1 type b\nfile %1$s.1.incr.aof seq 1 type i\n".formatted(name);
        DurableFile.replace(
                folder.resolve(name + ".manifest"), ByteBuffer.wrap(manifest.getBytes(StandardCharsets.UTF_8)));
    }

    /// One file with two names does no harm: a server never writes into either, it replaces them.
    private static void linkOrCopy(Path file, Path other) throws IOException {
        try {
            Files.createLink(other, file);
        } catch (IOException | UnsupportedOperationException e) {
            try (InputStream stream = Files.newInputStream(file);
                    var copy = DurableFile.create(parent(other), "copy", OWNER_ONLY)) {
                byte[] buffer = new byte[1 << 16];
                for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                    copy.append(ByteBuffer.wrap(buffer, 0, count));
                }
                copy.commit(other);
            }
        }
        DurableFile.forceDirectory(parent(other));
    }

    private void writeUsers(Path fresh) throws IOException {
        try (InputStream stream = stored.open(RedisCapture.ACL)) {
            DurableFile.replace(fresh.resolve(RedisPlanner.USERS), ByteBuffer.wrap(stream.readAllBytes()));
        }
    }

    private void giveAway(Path fresh) throws IOException {
        if (plan.fileOwner().isEmpty()) {
            return;
        }
        String[] names = plan.fileOwner().get().split(":", 2);
        var principals = fresh.getFileSystem().getUserPrincipalLookupService();
        for (Path path : deepestFirst(fresh)) {
            var view = Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            view.setOwner(principals.lookupPrincipalByName(names[0]));
            if (names.length > 1) {
                view.setGroup(principals.lookupPrincipalByGroupName(names[1]));
            }
        }
    }

    private void moveAside(Path aside, Moves moves) throws IOException {
        Files.createDirectory(
                aside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (Path old : plan.occupied()) {
            moves.move(old, aside.resolve(old.getFileName()));
        }
        DurableFile.forceDirectory(aside);
        DurableFile.forceDirectory(plan.folder());
    }

    /// @throws IOException if something has come into a place meanwhile; it is not overwritten
    private void putInPlace(Path fresh, Moves moves) throws IOException {
        List<Path> ready;
        try (var inside = Files.list(fresh)) {
            ready = inside.sorted().toList();
        }
        for (Path path : ready) {
            moves.move(path, plan.folder().resolve(path.getFileName()));
        }
        DurableFile.forceDirectory(plan.folder());
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalStateException("no parent: " + path);
        }
        return parent;
    }

    private static List<Path> deepestFirst(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            var paths = new ArrayList<>(all.toList());
            Collections.reverse(paths);
            return paths;
        }
    }

    /// Never in the way of what is reported about the restore itself.
    private void deleteOrWarn(Path folder) {
        try {
            for (Path path : deepestFirst(folder)) {
                Files.delete(path);
            }
        } catch (IOException | UncheckedIOException e) {
            listener.on(new SourceEvent.Warning("folder " + folder + " is left over and may be deleted: " + e));
        }
    }

    private void step(String what) {
        listener.on(new SourceEvent.Step(what));
    }
}
