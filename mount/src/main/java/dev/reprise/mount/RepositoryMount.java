package dev.reprise.mount;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.mount.fuse.FuseMount;
import dev.reprise.mount.fuse.FuseNode;
import dev.reprise.mount.fuse.FuseServer;
import dev.reprise.mount.fuse.MountOptions;
import dev.reprise.repository.Repository;
import dev.reprise.repository.snapshot.SnapshotFilter;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// A repository mounted over a directory, read-only, until it is closed or unmounted by somebody else.
public final class RepositoryMount implements AutoCloseable {
    /// What is shown, and to whom.
    ///
    /// @param filter        snapshots to show
    /// @param templates     paths of snapshots; empty for restic's own
    /// @param time          Go's example of how times are written
    /// @param ownerIsRoot   everything belongs to root
    /// @param zone          whose name a time of its offset gets
    public record View(SnapshotFilter filter, List<String> templates, String time, boolean ownerIsRoot, ZoneId zone) {
        public static final String RESTICS_TIME = "2006-01-02T15:04:05Z07:00";

        List<PathTemplate> paths() {
            return templates.isEmpty()
                    ? PathTemplate.STANDARD
                    : templates.stream().map(PathTemplate::new).toList();
        }
    }

    /// Told what programs that look inside only see as an input or output error. Called by many threads.
    public interface Listener {
        void problem(String fact);
    }

    /// Problems told of; a broken disk would fill the terminal.
    private static final int MOST_PROBLEMS = 100;

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final FuseMount mount;
    private final FuseServer server;
    private final MountedContent content;
    private boolean unmounted;

    private RepositoryMount(FuseMount mount, FuseServer server, MountedContent content) {
        this.mount = mount;
        this.server = server;
        this.content = content;
    }

    /// Mounts; on return it can be looked into.
    ///
    /// @param repository stays open until the mount is closed
    /// @param point      an existing directory, absolute and without links
    /// @param damaged    told of index files and snapshots that cannot be read
    /// @throws dev.reprise.mount.fuse.FuseException if mounting is not possible here
    public static RepositoryMount over(
            Path point,
            Repository repository,
            View view,
            MountOptions options,
            BiConsumer<ObjectId, RuntimeException> damaged,
            Listener listener,
            InstantSource clock) {
        return over(point, repository, view, options, damaged, listener, clock, FuseServer::start);
    }

    /// What answers the kernel.
    interface Serving {
        FuseServer start(FuseMount mount, FuseNode.Directory root, Consumer<Throwable> failures);
    }

    static RepositoryMount over(
            Path point,
            Repository repository,
            View view,
            MountOptions options,
            BiConsumer<ObjectId, RuntimeException> damaged,
            Listener listener,
            InstantSource clock,
            Serving serving) {
        Consumer<String> problems = few(listener);
        var content = new MountedContent(repository, damaged, problems);
        FuseMount mounted = null;
        boolean served = false;
        try {
            FuseNode.Directory root = root(repository, content, view, problems, clock);
            mounted = FuseMount.at(point, options);
            FuseServer server = serving.start(mounted, root, failure -> problems.accept(describe(failure)));
            served = true;
            return new RepositoryMount(mounted, server, content);
        } finally {
            if (!served) {
                if (mounted != null) {
                    mounted.detach();
                }
                content.close();
            }
        }
    }

    private static FuseNode.Directory root(
            Repository repository, MountedContent content, View view, Consumer<String> problems, InstantSource clock) {
        var times = new GoTimeLayout(view.time(), view.zone());
        Set<ObjectId> told = ConcurrentHashMap.newKeySet();
        Set<ObjectId> leftOut = ConcurrentHashMap.newKeySet();
        return new SnapshotFolders(
                        content,
                        () -> snapshots(repository, view.filter(), problems, told),
                        snapshots -> SnapshotLayout.of(snapshots, view.paths(), times, (stored, why) -> {
                            if (leftOut.size() < MOST_PROBLEMS && leftOut.add(stored.id())) {
                                problems.accept("snapshot %s is not shown in every place: %s"
                                        .formatted(stored.id().shortHex(), why));
                            }
                        }),
                        view.ownerIsRoot() ? MountedSnapshot.Owner.ROOT : MountedSnapshot.Owner.STORED,
                        FuseMount.user(),
                        FuseMount.group(),
                        clock)
                .root();
    }

    private static List<StoredSnapshot> snapshots(
            Repository repository, SnapshotFilter filter, Consumer<String> problems, Set<ObjectId> told) {
        List<StoredSnapshot> all = repository.snapshots((id, reason) -> {
            if (told.size() < MOST_PROBLEMS && told.add(id)) { // the list is read every few seconds
                problems.accept("could not load snapshot " + id.shortHex() + ": " + reason.getMessage());
            }
        });
        return filter.select(all).stream()
                .sorted(Comparator.comparing((StoredSnapshot stored) ->
                                stored.snapshot().time().toInstant())
                        .thenComparing(StoredSnapshot::id))
                .toList();
    }

    private static Consumer<String> few(Listener listener) {
        var told = new AtomicInteger();
        return problem -> {
            int number = told.incrementAndGet();
            if (number <= MOST_PROBLEMS) {
                listener.problem(problem);
            }
            if (number == MOST_PROBLEMS) {
                listener.problem("further problems are not told of");
            }
        };
    }

    private static String describe(Throwable failure) {
        return switch (failure) {
            case RepriseException e -> e.hint().isEmpty() ? e.fact() : e.fact() + "; " + e.hint();
            case OutOfMemoryError _ ->
                "out of memory, the limit is %d MiB; set REPRISE_MAX_HEAP to more"
                        .formatted(Runtime.getRuntime().maxMemory() >> 20);
            default -> "reading failed: " + failure;
        };
    }

    /// Waits until somebody unmounts it.
    ///
    /// @return false if it still was mounted after this time
    public boolean join(Duration longest) throws InterruptedException {
        return server.join(longest);
    }

    /// Why it ended though nobody unmounted it; empty if somebody did.
    public String failure() {
        return server.failure();
    }

    /// Unmounts. Also when programs use it: then they lose it.
    ///
    /// @return empty, or why it could not be unmounted in order
    public String unmount() {
        String reason = mount.unmount();
        if (!reason.isEmpty()) {
            mount.detach();
        }
        unmounted = true;
        return reason;
    }

    /// Takes the mount away if nobody did, and gives memory back. Programs that still use it get errors.
    @Override
    public void close() {
        if (!unmounted && !server.isUnmounted()) {
            mount.detach();
        }
        try {
            server.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        content.close();
    }
}
