package dev.reprise.mount.fuse;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Threads that answer the kernel until the file system is unmounted. They keep no process alive.
///
/// The kernel remembers every file and directory it was told of, and so must we. Beyond a number it is asked to forget
/// those not used for longest: walking through millions of them takes bounded memory.
public final class FuseServer {
    private static final int THREADS = 8;
    private static final int REQUEST_BYTES = 1 << 16;
    static final int KNOWN_NODES = 100_000;

    private final FuseMount mount;
    private final NodeTable nodes;
    private final Conversation conversation;
    private final Consumer<Throwable> failures;
    private final Forgetting forgetting;
    private final AtomicInteger serving = new AtomicInteger(THREADS);
    private final AtomicInteger running = new AtomicInteger(THREADS + 1);
    private volatile boolean unmounted;
    private volatile String failure = "";
    private final CountDownLatch ended = new CountDownLatch(1);

    private FuseServer(FuseMount mount, FuseNode.Directory root, int knownNodes, Consumer<Throwable> failures) {
        this.mount = mount;
        this.nodes = new NodeTable(root);
        this.conversation = new Conversation(nodes);
        this.failures = failures;
        this.forgetting = new Forgetting(mount, nodes, knownNodes);
    }

    /// @param failures told of everything that ended with `EIO`; called by many threads
    public static FuseServer start(FuseMount mount, FuseNode.Directory root, Consumer<Throwable> failures) {
        return start(mount, root, KNOWN_NODES, failures);
    }

    /// @param knownNodes beyond these the kernel is asked to forget
    static FuseServer start(FuseMount mount, FuseNode.Directory root, int knownNodes, Consumer<Throwable> failures) {
        var server = new FuseServer(mount, root, knownNodes, failures);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().daemon().name("mount " + i).unstarted(server::serve));
        }
        threads.add(Thread.ofPlatform().daemon().name("mount forgetting").unstarted(server::forget));
        server.start(threads);
        return server;
    }

    /// Those that cannot be started count as ended: the last one that was closes the descriptor.
    private void start(List<Thread> threads) {
        int started = 0;
        try {
            for (Thread thread : threads) {
                thread.start();
                started++;
            }
        } finally {
            for (int i = started; i < threads.size(); i++) {
                if (i < THREADS) {
                    endServing();
                } else {
                    end();
                }
            }
        }
    }

    /// Somebody unmounted it: the place may belong to another mount by now.
    public boolean isUnmounted() {
        return unmounted;
    }

    /// Why it ended, or a part of it; empty while all is well and after unmounting.
    public String failure() {
        return unmounted ? "" : failure;
    }

    /// How many nodes the kernel knows at present.
    int known() {
        return nodes.size();
    }

    /// Waits for the end of the mount.
    ///
    /// @return false if it still was there after this time
    public boolean join(Duration longest) throws InterruptedException {
        return ended.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void serve() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(LibC.STATE);
            MemorySegment in = arena.allocate(REQUEST_BYTES, 8);
            MemorySegment out = arena.allocate(Reply.HEADER_BYTES + Conversation.MOST_BYTES, 8);
            ByteBuffer request = in.asByteBuffer().order(ByteOrder.nativeOrder());
            var reply = new Reply(out.asByteBuffer().order(ByteOrder.nativeOrder()));
            while (true) {
                long read = LibC.read(state, mount.descriptor(), in);
                if (read >= Request.HEADER_BYTES) {
                    request.clear().limit((int) read);
                    respond(state, new Request(request), reply, out);
                } else if (!again(read)) {
                    ended(read);
                    return;
                }
            }
        } catch (Throwable e) {
            failure = "a thread that answers the kernel ended: " + e;
            report(e);
        } finally {
            endServing();
        }
    }

    private void ended(long read) {
        boolean gone = read == -Errno.ENODEV.number;
        if (gone && !mount.isDead()) {
            unmounted = true;
        } else if (gone || read == -Errno.ECONNABORTED.number) {
            failure = "its connection to the kernel was aborted";
        } else {
            failure = "reading the kernel's requests failed: "
                    + (read < 0 ? Errno.describe((int) -read) : read + " bytes are no request");
        }
    }

    /// The last one that answers lets the thread go that asks the kernel to forget.
    private void endServing() {
        if (serving.decrementAndGet() == 0) {
            forgetting.stop();
        }
        end();
    }

    private void forget() {
        try {
            forgetting.run();
        } finally {
            end();
        }
    }

    /// The last thread closes the descriptor: before, its number must not be given to another file.
    private void end() {
        if (running.decrementAndGet() == 0) {
            LibC.close(mount.descriptor());
            ended.countDown();
        }
    }

    /// A request that was taken back, or a signal: no end.
    private static boolean again(long read) {
        return read == -Errno.ENOENT.number || read == -Errno.EINTR.number || read == -Errno.EAGAIN.number;
    }

    /// Whatever happens the kernel gets an answer, and before anybody is told: who asked waits for it.
    private void respond(MemorySegment state, Request request, Reply reply, MemorySegment out) {
        ByteBuffer answer;
        Throwable failed = null;
        try {
            answer = conversation.answer(request, reply);
        } catch (Refusal e) {
            answer = reply.failure(request.unique(), e.number());
        } catch (Throwable e) {
            failed = e;
            answer = reply.failure(request.unique(), Errno.EIO.number);
        }
        if (answer != null) {
            // ENOENT: who asked was killed meanwhile. EINVAL: the kernel ends the request itself.
            LibC.write(state, mount.descriptor(), out.asSlice(0, answer.remaining()));
        }
        if (failed != null) {
            report(failed);
        }
        forgetting.look();
    }

    private void report(Throwable failed) {
        try {
            failures.accept(failed);
        } catch (Throwable _) {
            // A terminal that is gone, or no memory to say so: those who read go on nevertheless.
        }
    }
}
