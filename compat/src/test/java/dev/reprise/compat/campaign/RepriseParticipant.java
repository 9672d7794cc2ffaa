package dev.reprise.compat.campaign;

import dev.reprise.cli.CommandContext;
import dev.reprise.cli.restic.ResticCli;
import dev.reprise.cli.restic.ResticVerbs;
import dev.reprise.compat.campaign.WatchedStorage.Frost;
import dev.reprise.compat.campaign.WatchedStorage.Watcher;
import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceKind.PlaceOption;
import dev.reprise.storage.url.PlaceOpener;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.Places;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// `reprise restic` inside this process. Killed at a storage call: from then on every call fails, also those that
/// would tidy up.
public final class RepriseParticipant implements Participant {
    private static final SecureRandom RANDOM = new SecureRandom();
    /// Calls of a run whose verb has not been seen yet.
    private static final int TYPICAL_CALLS = 20;

    /// How many calls the last complete run of a verb took: what a random moment is chosen from.
    private final Map<String, Integer> usualCalls = new ConcurrentHashMap<>();

    private final InstantSource clock;
    private final PlaceOpener places;

    public RepriseParticipant() {
        this(InstantSource.system());
    }

    RepriseParticipant(InstantSource clock) {
        this(clock, Places.LOCAL);
    }

    /// @param places what repository URLs may name
    RepriseParticipant(InstantSource clock, PlaceOpener places) {
        this.clock = clock;
        this.places = places;
    }

    @Override
    public String name() {
        return "reprise";
    }

    @Override
    public boolean knows(String verb) {
        return true;
    }

    /// The process that took the lock is this one, and lives.
    @Override
    public List<String> unlockFlags() {
        return List.of("--remove-all");
    }

    @Override
    public Result run(Run run) {
        return start(run, WatchedStorage.NOBODY);
    }

    @Override
    public Result kill(Run run, Random random) {
        return start(run, WatchedStorage.killedAt(moment(run, random), random.nextBoolean()));
    }

    @Override
    public Frozen freeze(Run run, Random random) {
        var frost = new Frost(moment(run, random));
        var end = new CompletableFuture<Result>();
        Thread.ofPlatform().daemon().name("frozen-reprise").start(() -> {
            try {
                end.complete(start(run, frost));
            } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
            } finally {
                frost.over();
            }
        });
        frost.awaitReached();
        return () -> {
            frost.thaw();
            return end.join();
        };
    }

    private int moment(Run run, Random random) {
        return 1 + random.nextInt(usualCalls.getOrDefault(verb(run), TYPICAL_CALLS));
    }

    private static String verb(Run run) {
        int verb = 0;
        while (verb < run.arguments().size() && run.arguments().get(verb).equals("-o")) {
            verb += 2;
        }
        return verb < run.arguments().size() ? run.arguments().get(verb) : "";
    }

    private Result start(Run run, Watcher watcher) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var calls = new AtomicInteger();
        var context = new CommandContext(
                environment(run),
                run.directory(),
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                clock,
                ZoneOffset.UTC,
                () -> RANDOM,
                watched(watcher, calls));
        int status = new ResticCli(ResticVerbs.standard(), context).run(run.arguments());
        if (status == 0 && calls.get() > 0) {
            usualCalls.put(verb(run), calls.get());
        }
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private PlaceOpener watched(Watcher watcher, AtomicInteger calls) {
        return new PlaceOpener() {
            @Override
            public List<PlaceOption> options() {
                return places.options();
            }

            @Override
            public Storage open(String location, PlaceSettings settings) {
                return new WatchedStorage(places.open(location, settings), watcher, calls);
            }
        };
    }

    private static Map<String, String> environment(Run run) {
        Map<String, String> environment = new HashMap<>(run.environment());
        environment.put("PATH", "/usr/bin:/bin");
        return environment;
    }
}
