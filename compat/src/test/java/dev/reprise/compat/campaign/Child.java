package dev.reprise.compat.campaign;

import dev.reprise.compat.campaign.Participant.Frozen;
import dev.reprise.compat.campaign.Participant.Result;
import dev.reprise.compat.campaign.Participant.Run;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A process of a participant.
final class Child {
    /// A run of restic takes its lock after some 60 ms and works from 200 ms later on.
    private static final int EARLIEST_MILLIS = 20;

    private static final int LATEST_MILLIS = 420;
    private static final int LONGEST_SECONDS = 120;

    private final List<String> command;
    private final Process process;
    private final CompletableFuture<String> out;
    private final CompletableFuture<String> err;

    /// Starts it.
    ///
    /// @param run with the program as the first of the arguments
    Child(Run run) {
        command = run.arguments();
        var builder = new ProcessBuilder(command).directory(run.directory().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RESTIC_") || name.startsWith("RUSTIC_"));
        builder.environment().putAll(run.environment());
        try {
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()), Thread::startVirtualThread);
        err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), Thread::startVirtualThread);
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException _) { // killed
            return "";
        }
    }

    Result killAtRandom(Random random) {
        waitForMoment(random);
        kill();
        return end();
    }

    /// By the kernel, with no chance to tidy up.
    void kill() {
        process.destroyForcibly();
    }

    Frozen freezeAtRandom(Random random) {
        waitForMoment(random);
        signal("STOP");
        return () -> {
            signal("CONT");
            return end();
        };
    }

    private void waitForMoment(Random random) {
        try {
            var _ = process.waitFor(random.nextInt(EARLIEST_MILLIS, LATEST_MILLIS), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void signal(String name) {
        if (!process.isAlive()) {
            return;
        }
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Result end() {
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " did not end: " + err.join());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new Result(process.exitValue(), out.join(), err.join());
    }
}
