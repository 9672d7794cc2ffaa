package dev.reprise.mount.fuse;

import java.io.IOException;
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
import org.jspecify.annotations.Nullable;

/// Threads that answer the kernel until the file system is unmounted. They keep no process alive.
///
/// The kernel remembers every file it was told of, and so must we. Beyond a number it is asked to forget the oldest:
/// walking through millions of files takes bounded memory.
public final class FuseServer {
    private static final int THREADS = 8;
    private static final int REQUEST_BYTES = 1 << 16;
    static final int KNOWN_NODES = 100_000;

    private final FuseMount mount;
    private final NodeTable nodes;
    private final Conversation conversation;
    private final Consumer<Throwable> failures;
    private final Forgetting forgetting;
    private final AtomicInteger running = new AtomicInteger(THREADS + 1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private FuseServer(FuseMount mount, FuseNode.Directory root, int knownNodes, Consumer<Throwable> failures) {
        this.mount = mount;
        this.nodes = new NodeTable(root);
        this.conversation = new Conversation(nodes);
        this.failures = failures;
        this.forgetting = new Forgetting(mount.descriptor(), nodes, knownNodes);
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
        threads.forEach(Thread::start);
        return server;
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
                    ByteBuffer answer = answer(new Request(request), reply);
                    if (answer != null) {
                        // ENOENT: who asked was killed meanwhile. EINVAL: the kernel ends the request itself.
                        LibC.write(state, mount.descriptor(), out.asSlice(0, answer.remaining()));
                    }
                } else if (!again(read)) {
                    return;
                }
            }
        } finally {
            forgetting.stop();
            end();
        }
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

    private @Nullable ByteBuffer answer(Request request, Reply reply) {
        try {
            ByteBuffer answer = conversation.answer(request, reply);
            forgetting.look();
            return answer;
        } catch (Refusal e) {
            return reply.failure(request.unique(), e.number());
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            failures.accept(e);
            return reply.failure(request.unique(), Errno.EIO.number);
        }
    }
}
