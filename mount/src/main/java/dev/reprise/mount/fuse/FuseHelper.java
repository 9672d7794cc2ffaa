package dev.reprise.mount.fuse;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.reprise.base.ExitStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/*
 * Lets `fusermount3` mount, which is allowed to where we are not. It sends the descriptor of the kernel's device over a
 * socket whose number stands in `_FUSE_COMMFD`; Java's own ProcessBuilder hands down no descriptors.
 *
 * Layouts are those of 64-bit Linux: `struct iovec` (16 bytes), `struct msghdr` (56) and a `struct cmsghdr` with one
 * descriptor (24).
 */
final class FuseHelper {
    static final String PROGRAM = "fusermount3";

    private static final int UNIX_SOCKET = 1;
    private static final int STREAM = 1;
    private static final int SOCKET_LEVEL = 1;
    private static final int RIGHTS = 1;
    private static final int IOVEC_BYTES = 16;
    private static final int MSGHDR_BYTES = 56;
    private static final int CMSG_BYTES = 24;

    private FuseHelper() {}

    /// @param program name or path of `fusermount3`
    /// @return the descriptor of the mounted file system
    static int mount(String program, Path point, String options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(JAVA_INT, 2);
            int made = LibC.setUp(
                    arena,
                    LibC.link("socketpair", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS)),
                    UNIX_SOCKET,
                    STREAM,
                    0,
                    pair);
            if (made < 0) {
                throw failed("no socket: " + Errno.describe(-made));
            }
            int ours = pair.getAtIndex(JAVA_INT, 0);
            int theirs = pair.getAtIndex(JAVA_INT, 1);
            int process;
            try {
                process = start(arena, List.of(program, "-o", options, "--", point.toString()), theirs);
            } catch (RuntimeException e) {
                LibC.close(ours);
                throw e;
            } finally {
                LibC.close(theirs);
            }
            int descriptor = receive(arena, ours);
            LibC.close(ours);
            int status = waitFor(arena, process);
            if (descriptor < 0) {
                throw failed("%s ended with exit status %d".formatted(program, status >> 8 & 0xff));
            }
            return descriptor;
        }
    }

    private static FuseException failed(String why) {
        return new FuseException(
                ExitStatus.FAILED,
                "mounting failed: " + why,
                "the directory must be yours; --allow-other needs user_allow_other in /etc/fuse.conf");
    }

    private static int start(Arena arena, List<String> command, int socket) {
        var environment = new ArrayList<String>();
        System.getenv().forEach((name, value) -> environment.add(name + "=" + value));
        environment.add("_FUSE_COMMFD=" + socket);
        MemorySegment id = arena.allocate(JAVA_INT);
        // posix_spawnp answers with the error number itself.
        int number = LibC.setUp(
                arena,
                LibC.link(
                        "posix_spawnp",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS)),
                id,
                arena.allocateFrom(command.getFirst()),
                MemorySegment.NULL,
                MemorySegment.NULL,
                strings(arena, command),
                strings(arena, environment));
        if (number == Errno.ENOENT.number) {
            throw FuseMount.noHelper();
        }
        if (number != 0) {
            throw failed("%s cannot be started: %s".formatted(command.getFirst(), Errno.describe(number)));
        }
        return id.get(JAVA_INT, 0);
    }

    private static MemorySegment strings(Arena arena, List<String> texts) {
        MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
        }
        array.setAtIndex(ADDRESS, texts.size(), MemorySegment.NULL);
        return array;
    }

    /// @return the descriptor that came along with one byte; below 0 if none came
    private static int receive(Arena arena, int socket) {
        MemorySegment io = arena.allocate(IOVEC_BYTES, 8);
        io.set(ADDRESS, 0, arena.allocate(1));
        io.set(JAVA_LONG, 8, 1);
        MemorySegment control = arena.allocate(CMSG_BYTES, 8);
        MemorySegment message = arena.allocate(MSGHDR_BYTES, 8);
        message.set(ADDRESS, 16, io);
        message.set(JAVA_LONG, 24, 1);
        message.set(ADDRESS, 32, control);
        message.set(JAVA_LONG, 40, CMSG_BYTES);
        var recvmsg = LibC.link("recvmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
        int received = LibC.setUp(arena, recvmsg, socket, message, 0);
        while (received == -Errno.EINTR.number) {
            received = LibC.setUp(arena, recvmsg, socket, message, 0);
        }
        boolean whole = received == 1
                && message.get(JAVA_LONG, 40) >= CMSG_BYTES - 4
                && control.get(JAVA_INT, 8) == SOCKET_LEVEL
                && control.get(JAVA_INT, 12) == RIGHTS;
        return whole ? control.get(JAVA_INT, 16) : -1;
    }

    /// @return as `wait` says it
    private static int waitFor(Arena arena, int process) {
        MemorySegment status = arena.allocate(JAVA_INT);
        var waitpid = LibC.link("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
        int ended = LibC.setUp(arena, waitpid, process, status, 0);
        while (ended == -Errno.EINTR.number) {
            ended = LibC.setUp(arena, waitpid, process, status, 0);
        }
        return status.get(JAVA_INT, 0);
    }
}
