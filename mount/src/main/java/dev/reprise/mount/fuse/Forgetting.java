package dev.reprise.mount.fuse;

import dev.reprise.base.RawName;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Asks the kernel to forget nodes when it knows too many. A thread of its own: to forget, the kernel may wait for a
/// request that another thread is answering.
///
/// Files and directories alike, those without a request for longest first. The kernel cuts what it is asked to forget
/// off its directory at once. What a program works in stays usable, but has no path any more: `pwd` fails. A directory
/// that is not forgotten soon must be such a one, so its path is walked once, which ties it to its place again.
final class Forgetting implements Runnable {
    private static final int INVALIDATE_ENTRY = 3;
    /// Within this time the kernel has told of what it forgot; longer, and somebody works there.
    private static final Duration SOON = Duration.ofSeconds(1);

    private final FuseMount mount;
    private final NodeTable nodes;
    private final int most;
    private final Semaphore work = new Semaphore(0);
    private volatile boolean ended;

    Forgetting(FuseMount mount, NodeTable nodes, int most) {
        this.mount = mount;
        this.nodes = nodes;
        this.most = most;
    }

    void look() {
        if (nodes.staying() > most && work.availablePermits() == 0) {
            work.release();
        }
    }

    void stop() {
        ended = true;
        work.release();
    }

    @Override
    public void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(LibC.STATE);
            MemorySegment out = arena.allocate(Reply.HEADER_BYTES + 32 + FuseNode.LONGEST_NAME, 8);
            var message = new Reply(out.asByteBuffer().order(ByteOrder.nativeOrder()));
            work.acquireUninterruptibly();
            while (!ended) {
                for (NodeTable.Known known : nodes.oldest(nodes.staying() - most * 3 / 4)) {
                    message.begin().put64(known.directory().number());
                    message.put32(known.name().length()).put32(0);
                    message.put(known.name().bytes()).put(new byte[1]);
                    int length = message.notification(INVALIDATE_ENTRY).remaining();
                    LibC.write(state, mount.descriptor(), out.asSlice(0, length)); // ENOENT: it did already
                }
                boolean more = acquire();
                keepUsed();
                if (!more) {
                    work.acquireUninterruptibly();
                }
            }
        }
    }

    /// Ties directories in which programs still work to their places again.
    private void keepUsed() {
        for (NodeTable.Known known : nodes.directoriesLeaving()) {
            if (!ended) {
                LibC.access(path(mount.point(), known));
            }
        }
    }

    private boolean acquire() {
        try {
            return work.tryAcquire(SOON.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            return true; // nobody does so; a round too early harms nothing
        }
    }

    private static RawName path(Path point, NodeTable.Known known) {
        var names = new ArrayDeque<RawName>();
        for (NodeTable.Known at = known; at.number() != NodeTable.ROOT; at = at.directory()) {
            names.addFirst(at.name());
        }
        RawName path = RawName.of(point.toString());
        for (RawName name : names) {
            path = path.child(name);
        }
        return path;
    }
}
