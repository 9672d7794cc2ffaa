package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.PriceTable;
import dev.reprise.cli.Cli;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.CommandList;
import dev.reprise.cli.stack.Stack;
import dev.reprise.cli.stack.StatusCommand;
import dev.reprise.operations.cold.ColdPolicy;
import dev.reprise.operations.retention.RemovalPlan.JobPolicy;
import dev.reprise.operations.run.RunRequest;
import dev.reprise.operations.run.RunSource;
import dev.reprise.repository.Repository;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.sources.StreamSource;
import dev.reprise.sources.StreamSource.StoredStreams;
import dev.reprise.storage.bucket.Bucket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `reprise status` tells how much of a repository was read lately.
class StatusCoverageTest {
    @TempDir
    private Path home;

    private HistoryFixture fixture;
    private RepriseRepository engine;

    @BeforeEach
    void save() throws IOException {
        fixture = HistoryFixture.create(home.resolve("repository"), 2);
        engine = new RepriseRepository(fixture.repository, HistoryFixture.PASSWORD);
        Files.writeString(Files.createDirectory(home.resolve("tree")).resolve("one"), "first");
        engine.backupInside(home.resolve("tree"), Compression.AUTO);
    }

    /// One job, as `RepriseRepository` makes it.
    private final class OneJob implements Stack {
        @Override
        public List<Job> jobs() {
            return List.of(new Job("compat", List.of("main"), List.of("folder")));
        }

        @Override
        public List<String> repositories() {
            return List.of("main");
        }

        @Override
        public Repository open(String repository) {
            return engine.open();
        }

        @Override
        public WriterOptions writing(String repository) {
            throw new AssertionError("status writes nothing");
        }

        @Override
        public @Nullable ColdPolicy cold(String repository) {
            return null;
        }

        @Override
        public PriceTable prices(String repository) {
            return PriceTable.NONE;
        }

        @Override
        public JobPolicy policy(Job job) {
            return new JobPolicy(job.name(), null, job.sources());
        }

        @Override
        public void probe(RunSource source) {
            throw new AssertionError("status looks at no source");
        }

        @Override
        public @Nullable ExportChoice export(Job job) {
            return null;
        }

        @Override
        public ExportChoice exportTo(Job job, String location) {
            throw new AssertionError("status exports nothing");
        }

        @Override
        public RunRequest request(Job job) {
            throw new AssertionError("status runs nothing");
        }

        @Override
        public RunSource source(Job job, String name) {
            throw new AssertionError("status looks at no source");
        }

        @Override
        public StreamSource restorer(String source, String kind) {
            throw new AssertionError("status restores nothing");
        }

        @Override
        public void exportSql(String source, StoredStreams stored, OutputStream out) {
            throw new AssertionError("status exports nothing");
        }

        @Override
        public Bucket target(String source, String url, Map<String, String> options) {
            throw new AssertionError("status restores nothing");
        }

        @Override
        public Path temporaryFolder() {
            return home;
        }

        @Override
        public int workers() {
            return 1;
        }
    }

    private String status(Duration later, String... flags) {
        var out = new ByteArrayOutputStream();
        InstantSource clock = () -> InstantSource.system().instant().plus(later);
        var context = new CommandContext(
                Map.of(),
                home,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                clock,
                ZoneId.of("UTC"),
                SecureRandom::new);
        var commands =
                CommandList.standard().with("status", withContext -> new StatusCommand(withContext, _ -> new OneJob()));
        String[] line = new String[flags.length + 1];
        line[0] = "status";
        System.arraycopy(flags, 0, line, 1, flags.length);
        assertThat(new Cli(commands, context).run(line)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void data_nobody_has_read_is_said_to_be_unread() {
        assertThat(status(Duration.ZERO))
                .contains("repository main: its data was never read; run \"reprise check --read-data\"");
        assertThat(status(Duration.ZERO, "--json"))
                .contains("\"coverage\"", "\"percent\":0.0,", "\"packs\":2,\"packs_read\":0,\"packs_never_read\":2");
    }

    @Test
    void readings_count_until_they_are_too_old() throws IOException {
        fixture.reprise.ok("check", "--read-data");
        assertThat(status(Duration.ZERO))
                .contains("repository main: 100.0% of its data was read and found good within 30 d 0 h");
        assertThat(status(Duration.ofDays(31)))
                .contains("main: 0.0% of its data", "the oldest reading is 31 d 0 h ago");
        assertThat(status(Duration.ofDays(31), "--max-age", "32d")).contains("main: 100.0% of its data");

        Files.writeString(home.resolve("tree/two"), "second");
        engine.backupInside(home.resolve("tree"), Compression.AUTO);

        assertThat(status(Duration.ZERO))
                .contains("2 of 4 packs were never read")
                .doesNotContain("100.0%");
    }

    @Test
    void a_damaged_record_of_readings_is_as_good_as_none() throws IOException {
        fixture.reprise.ok("check", "--read-data");
        try (var records = Files.list(fixture.repository.resolve("reprise/readings"))) {
            for (Path each : records.toList()) {
                Files.delete(each);
                Files.writeString(each, "no record");
            }
        }

        assertThat(status(Duration.ZERO)).contains("its data was never read");
    }
}
