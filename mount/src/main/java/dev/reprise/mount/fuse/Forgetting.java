package dev.reprise.mount.fuse;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.concurrent.Semaphore;

/// Asks the kernel to forget nodes when it knows too many. A thread of its own: to forget, the kernel may wait for a
/// request that another thread is answering.
final class Forgetting implements Runnable {
    private static final int INVALIDATE_ENTRY = 3;
    private static final int LONGEST_NAME = 1024;

    private final int descriptor;
    private final NodeTable nodes;
    private final int most;
    private final Semaphore work = new Semaphore(0);
    private volatile boolean ended;

    Forgetting(int descriptor, NodeTable nodes, int most) {
        this.descriptor = descriptor;
        this.nodes = nodes;
        this.most = most;
    }

    void look() {
        if (nodes.size() > most && work.availablePermits() == 0) {
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
            MemorySegment out = arena.allocate(Reply.HEADER_BYTES + 32 + LONGEST_NAME, 8);
            var message = new Reply(out.asByteBuffer().order(ByteOrder.nativeOrder()));
            work.acquireUninterruptibly();
            while (!ended) {
                int tooMany = nodes.size() - most * 3 / 4;
                for (NodeTable.Known known : nodes.oldest(tooMany)) {
                    message.begin().put64(known.directory().number());
                    message.put32(known.name().length()).put32(0);
                    message.put(known.name().bytes()).put(new byte[1]);
                    int length = message.notification(INVALIDATE_ENTRY).remaining();
                    LibC.write(state, descriptor, out.asSlice(0, length)); // ENOENT: it did already
                }
                work.acquireUninterruptibly();
            }
        }
    }
}
