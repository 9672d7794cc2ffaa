package dev.reprise.embedded;

import dev.reprise.base.CancelledException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A server in a process of its own, running as an ordinary user, gone when this program ends.
///
/// Three nets catch it: [#close()]; a shutdown hook, for Ctrl-C and `System.exit`; and the kernel's parent death
/// signal, for `kill -9` of this program (with `setpriv` only). Safe for many threads.
public final class ServerProcess implements AutoCloseable {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 20;
    private static final int LOG_TAIL_BYTES = 4096;

    /// What to start and how to end it.
    ///
    /// @param name        for messages: `PostgreSQL`
    /// @param argv        program and arguments; never a secret
    /// @param environment added to this process's own
    /// @param folder      working folder
    /// @param log         file that takes both output streams
    /// @param stopSignal  name of the signal that ends it cleanly: `INT`
    /// @param deathSignal name of the signal it gets when this program dies: `QUIT`
    /// @param afterStop   run once after the process has ended through [#close()] or the shutdown hook
    public record Launch(
            String name,
            List<String> argv,
            Map<String, String> environment,
            Path folder,
            Path log,
            String stopSignal,
            String deathSignal,
            Runnable afterStop) {}

    /// The kernel ties the parent death signal to the thread that started the process, so one thread that never
    /// ends starts them all.
    private static final class Starter {
        static final ExecutorService THREAD = Executors.newSingleThreadExecutor(task -> {
            var thread = new Thread(task, "server-starter");
            thread.setDaemon(true);
            return thread;
        });
    }

    private final Launch launch;
    private final Process process;
    private final Thread hook;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ServerProcess(Launch launch, Process process) {
        this.launch = launch;
        this.process = process;
        this.hook = new Thread(this::stop, "stop " + launch.name());
    }

    /// Starts the process; it may need a while until it is ready.
    public static ServerProcess start(Launch launch) {
        return start(launch, ServerUser.current());
    }

    /// As above, as whoever this process is: for programs that lie where nobody else may read.
    public static ServerProcess startAsThisUser(Launch launch) {
        return start(launch, new ServerUser(false, 0, 0));
    }

    private static ServerProcess start(Launch launch, ServerUser user) {
        List<String> command = user.command(launch.argv(), launch.deathSignal());
        var server = new ServerProcess(launch, onStarterThread(() -> spawn(command, launch)));
        Runtime.getRuntime().addShutdownHook(server.hook);
        return server;
    }

    private static Process spawn(List<String> command, Launch launch) throws IOException {
        var builder = new ProcessBuilder(command)
                .directory(launch.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.log().toFile()));
        builder.environment().putAll(launch.environment());
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static Process onStarterThread(Callable<Process> spawn) {
        try {
            return Starter.THREAD.submit(spawn).get();
        } catch (ExecutionException e) {
            throw new EmbeddedException("a server program does not start", "check the program", e.getCause());
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("starting a server");
        }
    }

    /// A port of the loopback interface that nobody listens on now; another program may take it any moment, so
    /// callers try again with another one when the server reports it taken.
    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new EmbeddedException("no free port on loopback", "close programs that hold ports", e);
        }
    }

    /// Waits until `ready` answers true.
    ///
    /// @throws EmbeddedException if the process ends before or the time is over; the process has ended then, and
    ///                           the message holds the last lines of its log
    public void awaitReady(Callable<Boolean> ready, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (!ready.call()) {
                boolean ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (ended || System.nanoTime() > deadline) {
                    String what = ended ? " ended with status " + process.exitValue() : " was not ready in " + patience;
                    String tail = logTail();
                    close();
                    throw new EmbeddedException(launch.name() + what + ": " + tail, "read the log above", null);
                }
            }
        } catch (EmbeddedException e) {
            throw e;
        } catch (InterruptedException e) {
            close();
            throw CancelledException.interrupted("waiting for " + launch.name());
        } catch (Exception e) {
            close();
            throw new EmbeddedException("cannot tell whether " + launch.name() + " is ready", "try again", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /// The last 4 KiB of what the server wrote.
    public String logTail() {
        try {
            byte[] bytes = Files.readAllBytes(launch.log());
            int from = Math.max(0, bytes.length - LOG_TAIL_BYTES);
            return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /// Kills it as a power failure would, and waits until it is gone. [#close()] is still to be called.
    public void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        process.onExit().join();
        reap(children);
    }

    /// Sends the stop signal, waits up to 20 seconds, then kills what is left, children included. Idempotent.
    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The virtual machine is going down: the hook runs anyway and finds nothing to do.
        }
    }

    private void stop() {
        if (!closed.compareAndSet(false, true)) {
            process.onExit().join();
            return;
        }
        List<ProcessHandle> children = process.descendants().toList();
        if (process.isAlive()) {
            signal(launch.stopSignal());
        }
        try {
            process.onExit().get(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        process.onExit().join();
        reap(children);
        launch.afterStop().run();
    }

    private static void reap(List<ProcessHandle> children) {
        for (ProcessHandle child : children) {
            child.destroyForcibly();
        }
    }

    private void signal(String name) {
        try {
            Commands.run(List.of("sh", "-c", "kill -" + name + " " + process.pid()));
        } catch (IOException e) {
            process.destroy();
        }
    }
}
