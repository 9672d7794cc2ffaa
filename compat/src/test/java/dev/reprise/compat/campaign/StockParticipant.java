package dev.reprise.compat.campaign;

import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A version of stock restic, each run a process.
public final class StockParticipant implements Participant {
    /// Verbs that came after 0.14.
    private static final Set<String> NEWER = Set.of("rewrite", "repair index", "repair snapshots");
    /// A run takes its lock after some 60 ms and works from 200 ms later on.
    private static final int EARLIEST_MILLIS = 20;

    private static final int LATEST_MILLIS = 420;
    private static final int LONGEST_SECONDS = 120;

    private final String series;
    private final Path program;

    public StockParticipant(String series) {
        this.series = series;
        this.program = StockRestic.fetched(series);
    }

    @Override
    public String name() {
        return "restic " + series;
    }

    @Override
    public boolean knows(String verb) {
        return !series.equals("0.14") || !NEWER.contains(verb);
    }

    @Override
    public List<String> unlockFlags() {
        return List.of();
    }

    @Override
    public Result run(Run run) {
        return new Child(run).end();
    }

    @Override
    public Result kill(Run run, Random random) {
        var child = new Child(run);
        child.waitAtMost(moment(random));
        child.process.destroyForcibly();
        return child.end();
    }

    @Override
    public Frozen freeze(Run run, Random random) {
        var child = new Child(run);
        child.waitAtMost(moment(random));
        child.signal("STOP");
        return () -> {
            child.signal("CONT");
            return child.end();
        };
    }

    private static int moment(Random random) {
        return random.nextInt(EARLIEST_MILLIS, LATEST_MILLIS);
    }

    private final class Child {
        private final Process process;
        private final CompletableFuture<String> out;
        private final CompletableFuture<String> err;

        Child(Run run) {
            List<String> command = new ArrayList<>(List.of(program.toString(), "--no-cache"));
            command.addAll(run.arguments());
            var builder = new ProcessBuilder(command).directory(run.directory().toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("RESTIC_"));
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

        void waitAtMost(int millis) {
            try {
                var _ = process.waitFor(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        void signal(String name) {
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
                    throw new AssertionError("restic " + series + " did not end: " + err.join());
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new Result(process.exitValue(), out.join(), err.join());
        }
    }
}
