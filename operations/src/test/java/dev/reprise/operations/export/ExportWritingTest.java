package dev.reprise.operations.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.operations.OperationException;
import dev.reprise.operations.export.Exports.Found;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RunId;
import dev.reprise.operations.retention.Interval;
import dev.reprise.operations.retention.RetentionPolicy;
import dev.reprise.operations.retention.RetentionSpan;
import dev.reprise.storage.Storage.BodyReader;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.storage.plain.PlainFiles;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Exports where folders do not move, as in buckets: on a directory that hides that it could.
class ExportWritingTest {
    private static final ZoneId ZONE = ZoneOffset.UTC;
    private static final List<Artifact> TWO = List.of(artifact("files/a.tar.gz", "aaa"), artifact("redis/b.rdb", "bb"));

    @TempDir
    private Path folder;

    private Instant now = Instant.parse("2026-11-22T03:00:00Z");
    private Bucket bucket;

    @BeforeEach
    void open() {
        bucket = new Bucket(
                Objects.requireNonNull(new LocalStorage(folder.resolve("exports")).capability(PlainFiles.class)));
    }

    private static Artifact artifact(String path, String content) {
        return new Artifact(path, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
    }

    /// @param number makes its id
    private RecoveryPoint point(int number) {
        var run = new RunId("%064x".formatted(number).substring(64 - RUN_DIGITS));
        return new RecoveryPoint(1, run, "test", "nightly", "host", now, now, List.of(), Map.of());
    }

    private static final int RUN_DIGITS = RunId.random(new SecureRandom()).hex().length();

    private String export(RecoveryPoint point, List<Artifact> artifacts) {
        var writing = new ExportWriting(bucket, () -> now, ZONE, new Random(1), _ -> {});
        String name = writing.folder(point, look());
        writing.write(name, point, artifacts, "test", List.of());
        return name;
    }

    private Found look() {
        return new Exports(bucket).look((name, reason) -> {
            throw new AssertionError(name + ": " + reason);
        });
    }

    private List<String> names() {
        return look().of("nightly").stream().map(Exports.StoredExport::folder).toList();
    }

    private ExportRemoval.Plan plan(int daily) {
        var policy = new RetentionPolicy(Map.of(Interval.DAILY, daily), RetentionSpan.NONE, Map.of(), List.of());
        return new ExportRemoval(bucket, () -> now).plan("nightly", look(), look().of("nightly"), policy, ZONE);
    }

    private List<String> left() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("exports"))) {
            return all.filter(Files::isRegularFile)
                    .map(path -> folder.resolve("exports").relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void the_manifest_is_written_last_and_nothing_unfinished_stays() throws IOException {
        assertThat(export(point(1), TWO)).isEqualTo("2026-11-22");
        assertThat(bucket.created)
                .containsExactly(
                        "2026-11-22/unfinished.json",
                        "2026-11-22/files/a.tar.gz",
                        "2026-11-22/redis/b.rdb",
                        "2026-11-22/SHA256SUMS",
                        "2026-11-22/export.json");
        assertThat(left())
                .containsExactly(
                        "2026-11-22/SHA256SUMS",
                        "2026-11-22/export.json",
                        "2026-11-22/files/a.tar.gz",
                        "2026-11-22/redis/b.rdb");
        assertThat(names()).containsExactly("2026-11-22");
    }

    @Test
    void a_store_that_changes_what_it_is_given_is_found_out_before_the_manifest() throws IOException {
        bucket.flipsBytes = true;
        assertThatThrownBy(() -> export(point(1), TWO))
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("files/a.tar.gz")
                .hasMessageContaining("does not hold what was written");
        assertThat(left()).isEmpty();
    }

    /// As a kill would leave it, at every step.
    @Test
    void whatever_step_it_dies_at_there_is_no_export_and_the_rest_is_removed_a_day_later() throws IOException {
        for (int steps = 1; steps <= 4; steps++) {
            bucket.dieAfter(steps);
            assertThatThrownBy(() -> export(point(1), TWO)).isInstanceOf(Died.class);
            bucket.live();
            assertThat(names()).isEmpty();
            assertThat(left()).contains("2026-11-22/unfinished.json").hasSize(steps);
            assertThat(plan(1).removals()).isEmpty();
            now = now.plus(Duration.ofHours(25));
            new ExportRemoval(bucket, () -> now).carryOut(plan(1));
            assertThat(left()).isEmpty();
            now = now.minus(Duration.ofHours(25));
        }
    }

    @Test
    void a_removal_that_dies_is_finished_by_the_next_and_never_leaves_half_an_export() throws IOException {
        for (int steps = 1; steps <= 6; steps++) {
            export(point(1), TWO);
            now = now.plus(Duration.ofDays(1));
            export(point(2), TWO);
            ExportRemoval.Plan plan = plan(1);
            assertThat(plan.removals())
                    .extracting(ExportRemoval.Removal::folder)
                    .containsExactly("2026-11-22");
            bucket.dieAfter(steps);
            assertThatThrownBy(() -> new ExportRemoval(bucket, () -> now).carryOut(plan))
                    .isInstanceOf(Died.class);
            bucket.live();
            if (names().contains("2026-11-22")) {
                assertThat(left()).contains("2026-11-22/files/a.tar.gz", "2026-11-22/redis/b.rdb");
            }
            new ExportRemoval(bucket, () -> now).carryOut(plan(1));
            assertThat(names()).containsExactly("2026-11-23");
            assertThat(left()).noneMatch(path -> path.startsWith("2026-11-22/"));
            new ExportRemoval(bucket, () -> now).remove("2026-11-23", "nightly", List.of(), false);
            bucket.clear(folder.resolve("exports"));
            now = now.minus(Duration.ofDays(1));
        }
    }

    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /// A directory that moves no folders, and fails on purpose.
    private static final class Bucket implements PlainFiles {
        private final PlainFiles files;
        private final List<String> created = new java.util.ArrayList<>();
        private boolean flipsBytes;
        private int left = Integer.MAX_VALUE;

        Bucket(PlainFiles files) {
            this.files = files;
        }

        /// Changes that still succeed; all after them fail.
        void dieAfter(int changes) {
            left = changes;
        }

        void live() {
            left = Integer.MAX_VALUE;
        }

        void clear(Path root) throws IOException {
            try (Stream<Path> all = Files.walk(root)) {
                for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }

        private void change() {
            if (left == 0) {
                throw new Died();
            }
            left--;
        }

        @Override
        public String location() {
            return files.location();
        }

        @Override
        public List<Entry> list(String folder) {
            return files.list(folder);
        }

        @Override
        public <T extends @Nullable Object> T read(String path, BodyReader<T> reader) {
            return files.read(path, reader);
        }

        @Override
        public void create(String path, Content content) {
            change();
            created.add(path);
            boolean flips = flipsBytes && !path.endsWith(".json");
            files.create(path, out -> content.writeTo(flips ? new Flipping(out) : out));
        }

        @Override
        public void delete(String path) {
            change();
            files.delete(path);
        }

        @Override
        public @Nullable FolderMove folderMove() {
            return null;
        }

        @Override
        public void removeEmptyFolder(String folder) {
            files.removeEmptyFolder(folder);
        }
    }

    private static final class Flipping extends FilterOutputStream {
        Flipping(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            byte[] flipped = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
            flipped[0] ^= 1;
            out.write(flipped);
        }
    }
}
