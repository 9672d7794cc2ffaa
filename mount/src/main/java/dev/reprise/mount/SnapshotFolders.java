package dev.reprise.mount;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.RepriseException;
import dev.reprise.mount.SnapshotLayout.Place;
import dev.reprise.mount.fuse.Attributes;
import dev.reprise.mount.fuse.FuseNode;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The directories above the snapshots. Now and then, when somebody looks into one, the list of snapshots is read
/// again. Safe for many threads.
final class SnapshotFolders {
    /// Two looks within this time see the same list.
    static final Duration FRESH = Duration.ofSeconds(10);

    /// Read and enter, for everybody.
    private static final int MODE = 0555;

    private final MountedContent content;
    private final Supplier<List<StoredSnapshot>> source;
    private final Function<List<StoredSnapshot>, SnapshotLayout> arrangement;
    private final MountedSnapshot.Owner owner;
    private final long user;
    private final long group;
    private final InstantSource clock;
    private final Attributes.Time started;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Known known;

    /// @param read when
    private record Known(List<ObjectId> snapshots, SnapshotLayout layout, Instant read) {}

    /// @param source      the snapshots to show, oldest first
    /// @param user        whom directories belong to; with `group`
    SnapshotFolders(
            MountedContent content,
            Supplier<List<StoredSnapshot>> source,
            Function<List<StoredSnapshot>, SnapshotLayout> arrangement,
            MountedSnapshot.Owner owner,
            long user,
            long group,
            InstantSource clock) {
        this.content = content;
        this.source = source;
        this.arrangement = arrangement;
        this.owner = owner;
        this.user = owner == MountedSnapshot.Owner.ROOT ? 0 : user;
        this.group = owner == MountedSnapshot.Owner.ROOT ? 0 : group;
        this.clock = clock;
        Instant now = clock.instant();
        started = new Attributes.Time(now.getEpochSecond(), now.getNano());
        List<StoredSnapshot> snapshots = source.get();
        known = new Known(ids(snapshots), arrangement.apply(snapshots), now);
    }

    private static List<ObjectId> ids(List<StoredSnapshot> snapshots) {
        return snapshots.stream().map(StoredSnapshot::id).toList();
    }

    FuseNode.Directory root() {
        return new Folders("/", Inodes.ROOT);
    }

    /// The layout, read again if it is old. Who comes while it is being read gets the old one.
    private SnapshotLayout layout() {
        if (isOld(known) && reading.tryLock()) {
            try {
                if (isOld(known)) {
                    known = read(known);
                }
            } catch (RuntimeException e) {
                // What is known stays visible, though it may be old.
                content.problem("the list of snapshots could not be read again: "
                        + (e instanceof RepriseException told ? told.fact() : e));
                known = new Known(known.snapshots(), known.layout(), clock.instant());
            } finally {
                reading.unlock();
            }
        }
        return known.layout();
    }

    private boolean isOld(Known of) {
        return of.read().plus(FRESH).isBefore(clock.instant());
    }

    private Known read(Known before) {
        List<StoredSnapshot> snapshots = source.get();
        List<ObjectId> ids = ids(snapshots);
        if (ids.equals(before.snapshots())) {
            return new Known(ids, before.layout(), clock.instant());
        }
        content.reload(); // new snapshots have new blobs
        return new Known(ids, arrangement.apply(snapshots), clock.instant());
    }

    private Attributes attributes(long inode, int type, long size, Attributes.Time time) {
        return new Attributes(inode, type, size, 1, user, group, 0, time, time, time);
    }

    private static Attributes.Time time(StoredSnapshot snapshot) {
        OffsetDateTime time = snapshot.snapshot().time();
        return new Attributes.Time(time.toEpochSecond(), time.getNano());
    }

    private static String below(String path, String name) {
        return path.equals("/") ? path + name : path + "/" + name;
    }

    /// Null for a place that is gone.
    private @Nullable FuseNode node(@Nullable Place place, String path, long inode) {
        return switch (place) {
            case null -> null;
            case Place.Directory _ -> new Folders(path, inode);
            case Place.Whole(StoredSnapshot snapshot) -> root(snapshot, inode);
            case Place.Latest(StoredSnapshot snapshot, String target) ->
                new Latest(
                        RawName.of(target),
                        attributes(
                                inode,
                                Attributes.LINK | 0777,
                                RawName.of(target).length(),
                                time(snapshot)));
        };
    }

    private FuseNode root(StoredSnapshot snapshot, long inode) {
        var attributes = attributes(inode, Attributes.DIRECTORY | MODE, 0, time(snapshot));
        return new Root(
                new MountedSnapshot(content, owner, inode),
                attributes,
                snapshot.snapshot().tree());
    }

    /// The top of one snapshot.
    record Root(MountedSnapshot snapshot, Attributes attributes, ObjectId tree) implements FuseNode.Directory {
        @Override
        public @Nullable FuseNode find(RawName name) {
            return new MountedSnapshot.Entries(snapshot, tree, attributes.inode()).find(name);
        }

        @Override
        public Listing list() {
            return new MountedSnapshot.Entries(snapshot, tree, attributes.inode());
        }

        @Override
        public boolean lasting() {
            return false; // the name may come to mean another snapshot
        }
    }

    record Latest(RawName target, Attributes attributes) implements FuseNode.Link {
        @Override
        public boolean lasting() {
            return false;
        }
    }

    /// A directory of snapshots, or of such directories.
    private final class Folders implements FuseNode.Directory {
        private final String path;
        private final long inode;

        Folders(String path, long inode) {
            this.path = path;
            this.inode = inode;
        }

        @Override
        public Attributes attributes() {
            return SnapshotFolders.this.attributes(inode, Attributes.DIRECTORY | MODE, 0, started);
        }

        @Override
        public boolean lasting() {
            return false;
        }

        @Override
        public @Nullable FuseNode find(RawName name) {
            return child(layout(), name.toString());
        }

        private @Nullable FuseNode child(SnapshotLayout layout, String name) {
            String there = below(path, name);
            return node(layout.at(there), there, Inodes.below(inode, RawName.of(name)));
        }

        @Override
        public Listing list() {
            SnapshotLayout layout = layout();
            List<Child> children = layout.at(path) instanceof Place.Directory(List<String> names)
                    ? names.stream()
                            .map(name -> new Child(RawName.of(name), child(layout, name)))
                            .filter(child -> child.node() != null)
                            .toList()
                    : List.of();
            return new Children(children);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Folders folders && folders.path.equals(path) && folders.inode == inode;
        }

        @Override
        public int hashCode() {
            return path.hashCode();
        }
    }

    private record Child(RawName name, @Nullable FuseNode node) {}

    private record Children(List<Child> children) implements FuseNode.Listing {
        @Override
        public int size() {
            return children.size();
        }

        @Override
        public RawName name(int index) {
            return children.get(index).name();
        }

        @Override
        public FuseNode node(int index) {
            FuseNode node = children.get(index).node();
            if (node == null) {
                throw new IllegalStateException("filtered before");
            }
            return node;
        }

        @Override
        public int type(int index) {
            return switch (node(index)) {
                case FuseNode.Link _ -> Attributes.LINK;
                case FuseNode.Directory _ -> Attributes.DIRECTORY;
                case FuseNode.File _, FuseNode.Special _ -> Attributes.FILE;
            };
        }

        @Override
        public long inode(int index) {
            return switch (node(index)) {
                case Folders folders -> folders.inode;
                case Root root -> root.attributes().inode();
                case Latest latest -> latest.attributes().inode();
                default -> throw new IllegalStateException("no such node above a snapshot");
            };
        }
    }
}
