package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.local.LocalStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What points need is kept for longer by the run itself, and it shows when it is not.
class LockKeepingTest {
    private static final Instant START = Instant.parse("2026-03-01T02:00:00Z");

    @TempDir
    private Path home;

    private final Map<ObjectKey, Instant> ends = new ConcurrentHashMap<>();
    private final AtomicInteger looks = new AtomicInteger();
    private boolean refuses;
    private Instant now = START;

    @BeforeEach
    void create() throws IOException {
        Repository.init(
                        new KeepingPlace(
                                new LocalStorage(Files.createDirectory(home.resolve("repository"))),
                                () -> now,
                                ends,
                                looks,
                                false),
                        Secret.of("kept"),
                        new Repository.InitOptions(2, null, new ScryptParameters(2, 8, 1)),
                        new SecureRandom(),
                        () -> now)
                .close();
        Files.writeString(Files.createDirectory(home.resolve("uploads")).resolve("a"), "needed for ever");
        Files.writeString(home.resolve("reprise.yaml"), """
                repositories:
                  far: {location: repository, password: {env: PASSWORD}}
                sources:
                  uploads: {kind: files, paths: [uploads]}
                jobs:
                  nightly: {sources: [uploads], repository: far}
                """);
    }

    private record Result(int status, String out, String err) {}

    private Result run(int day, String... line) {
        now = START.plus(Duration.ofDays(day));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var context = new CommandContext(
                Map.of("HOME", home.toString(), "PASSWORD", "kept"),
                home,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                () -> now,
                ZoneId.of("UTC"),
                SecureRandom::new,
                (url, settings) ->
                        new KeepingPlace(WiredPlaces.all().open(url, settings), () -> now, ends, looks, refuses));
        int status = Main.run(context, line);
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Result ok(int day, String... line) {
        Result result = run(day, line);
        assertThat(result.status()).as("%s", result).isZero();
        return result;
    }

    private Instant firstEnd() {
        return ends.entrySet().stream()
                .filter(end -> !end.getKey().path().startsWith("locks/")
                        && !end.getKey().path().startsWith("reprise/partial/"))
                .map(Map.Entry::getValue)
                .min(Instant::compareTo)
                .orElseThrow();
    }

    @Test
    void a_run_looks_every_tenth_of_the_time_and_extends_what_is_half_over() {
        assertThat(ok(0, "backup").out()).contains("0 to be kept", "1 of 1 points are kept whole");
        int looked = looks.get();
        ok(2, "backup");
        assertThat(looks.get()).isEqualTo(looked);
        assertThat(ok(4, "backup").out()).contains("0 to be kept");
        assertThat(looks.get()).isGreaterThan(looked);
        assertThat(ok(16, "backup").out()).contains("objects are kept for longer now");
        assertThat(firstEnd()).isAfterOrEqualTo(now.plus(Duration.ofDays(15)));
        assertThat(ok(16, "status").out()).contains("4 of 4 points are kept whole");
    }

    @Test
    void what_runs_out_is_told_by_the_status() {
        ok(0, "backup");
        ok(7, "status");
        Result old = run(8, "status");
        assertThat(old.status()).isEqualTo(3);
        assertThat(old.err()).contains("how long points are kept was looked up 8 d 0 h ago");
        for (int day : new int[] {20, 24}) {
            ok(day, "backup", "--no-extend-locks");
        }
        Result scarce = run(24, "status");
        assertThat(scarce.status()).isEqualTo(3);
        assertThat(scarce.err())
                .contains("1 of 3 points are not kept whole for a quarter of the 30 days that are asked for");
        ok(24, "extend-locks");
        ok(24, "status");
    }

    @Test
    void a_run_that_may_not_extend_says_so_and_keeps_its_point() {
        ok(0, "backup");
        refuses = true;
        Result refused = run(20, "backup");
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.out()).contains("recovery point").contains("0 objects are kept for longer now");
        assertThat(refused.err()).contains("could not be kept for longer: may not keep config");
        ok(20, "check");
        assertThat(run(23, "status").status()).isEqualTo(3);
        assertThat(run(23, "backup").status()).as("it tries again").isEqualTo(3);
        refuses = false;
        ok(23, "backup");
        ok(23, "status");
    }
}
