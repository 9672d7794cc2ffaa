package dev.reprise.operations.immutability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ByteSize;
import dev.reprise.base.RawName;
import dev.reprise.base.Secret;
import dev.reprise.operations.backup.FilesRequest;
import dev.reprise.operations.immutability.ImmutabilityMemory.PointEnd;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RunId;
import dev.reprise.operations.run.Destination;
import dev.reprise.operations.run.JobRun;
import dev.reprise.operations.run.RunListener;
import dev.reprise.operations.run.RunRequest;
import dev.reprise.operations.run.RunSource;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What has to be kept for longer, and until when points are whole.
class LockSurveyTest {
    private static final Instant START = Instant.parse("2026-11-01T03:00:00Z");
    private static final LockSurvey.Listener SILENT = (_, _, _) -> {};

    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final KeepingStorage place = new KeepingStorage(now::get);
    private final Repository repository = Repository.init(
            place,
            Secret.of("test"),
            new Repository.InitOptions(2, null, new ScryptParameters(2, 8, 1)),
            new SecureRandom(),
            now::get);

    @AfterEach
    void close() {
        repository.close();
    }

    private static Instant day(int day) {
        return START.plus(Duration.ofDays(day));
    }

    private void save(String file, String content) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("files/below")).resolve(file), content);
    }

    private RecoveryPoint point(int day) {
        now.set(day(day));
        var files = new FilesRequest(
                List.of(RawName.of(folder.resolve("files").toString())),
                RawName.of(folder.toString()),
                null,
                List.of(),
                Map.of(),
                false,
                -1,
                false,
                false,
                false,
                false,
                2);
        var request = new RunRequest(
                "nightly",
                "host",
                "root",
                0,
                0,
                List.of(),
                List.of(new RunSource.Files("uploads", true, files, List.of())),
                "test",
                2,
                Duration.ofHours(1),
                Duration.ZERO,
                Map.of());
        var destination =
                new Destination("main", repository, new WriterOptions(Compression.AUTO, ByteSize.ofMebibytes(16)));
        return new JobRun(
                        List.of(destination),
                        request,
                        now::get,
                        ZoneOffset.UTC,
                        RunId.random(new SecureRandom()),
                        RunListener.SILENT)
                .run()
                .point();
    }

    private LockSurvey survey() {
        return LockSurvey.of(repository, place, 2, folder, SILENT);
    }

    private static List<ObjectKey> keys(LockPlan plan) {
        List<ObjectKey> keys = new ArrayList<>();
        for (int number = 0; number < plan.size(); number++) {
            keys.add(plan.step(number).key());
        }
        return keys;
    }

    private static Instant end(Map<RunId, PointEnd> points, RecoveryPoint point) {
        return Objects.requireNonNull(
                Objects.requireNonNull(points.get(point.run())).until());
    }

    private LockExtension.Result extend(LockPlan plan) {
        return new LockExtension(repository, place, RepositoryLock.notNeeded(), SILENT).run(plan);
    }

    @Test
    void a_point_is_kept_no_longer_than_the_oldest_pack_it_shares() throws IOException {
        save("old", "one");
        RecoveryPoint first = point(0);
        save("new", "two");
        RecoveryPoint second = point(20);
        try (LockSurvey survey = survey()) {
            Map<RunId, PointEnd> points = survey.points(now.get());
            assertThat(end(points, first)).isEqualTo(day(30));
            assertThat(end(points, second)).isEqualTo(day(30));
        }
    }

    @Test
    void what_is_needed_and_more_than_half_over_is_extended_and_the_rest_left_alone() throws IOException {
        save("old", "one");
        RecoveryPoint first = point(0);
        save("new", "two");
        RecoveryPoint second = point(20);
        try (LockSurvey survey = survey()) {
            assertThat(survey.damages()).isEmpty();
            LockPlan plan = survey.plan(now.get(), KeepingStorage.RETENTION, 50);
            assertThat(plan.until()).isEqualTo(day(50));
            assertThat(keys(plan)).contains(ObjectKey.CONFIG, ObjectKey.of(ObjectType.KEY, repository.key()));
            assertThat(keys(plan)).allMatch(key -> day(30).equals(place.ends.get(key)));
            int asked = place.requests.get();
            assertThat(extend(plan).isComplete()).isTrue();
            assertThat(place.requests.get() - asked).isEqualTo(plan.size());
            Map<RunId, PointEnd> points = survey.points(now.get());
            assertThat(end(points, first)).isEqualTo(day(50));
            assertThat(end(points, second)).isEqualTo(day(50));
        }
        try (LockSurvey again = survey()) {
            assertThat(again.plan(now.get(), KeepingStorage.RETENTION, 50).size())
                    .isZero();
        }
    }

    @Test
    void what_no_snapshot_needs_any_more_runs_out() throws IOException {
        save("old", "one");
        RecoveryPoint first = point(0);
        Files.delete(folder.resolve("files/below/old"));
        save("new", "two");
        point(20);
        List<ObjectKey> packs = new ArrayList<>();
        place.list(ObjectType.PACK, object -> packs.add(object.key()));
        packs.removeIf(pack -> !day(30).equals(place.ends.get(pack)));
        place.delete(ObjectKey.of(
                ObjectType.SNAPSHOT,
                Objects.requireNonNull(first.captured().getFirst().snapshot())));
        try (LockSurvey survey = survey()) {
            List<ObjectKey> due = keys(survey.plan(now.get(), KeepingStorage.RETENTION, 50));
            assertThat(packs).isNotEmpty();
            assertThat(due).doesNotContainAnyElementsOf(packs).contains(ObjectKey.CONFIG);
        }
    }

    @Test
    void one_object_that_is_not_kept_leaves_no_point_whole() throws IOException {
        save("old", "one");
        RecoveryPoint point = point(0);
        place.ends.remove(ObjectKey.CONFIG);
        try (LockSurvey survey = survey()) {
            assertThat(Objects.requireNonNull(survey.points(now.get()).get(point.run()))
                            .until())
                    .isNull();
            LockPlan plan = survey.plan(now.get(), KeepingStorage.RETENTION, 50);
            assertThat(keys(plan)).containsExactly(ObjectKey.CONFIG);
            assertThat(plan.step(0).end()).isNull();
        }
    }

    @Test
    void an_object_that_may_not_be_kept_is_named_and_the_others_go_on() throws IOException {
        save("old", "one");
        point(0);
        now.set(day(20));
        place.refused.add(ObjectKey.CONFIG);
        try (LockSurvey survey = survey()) {
            LockPlan plan = survey.plan(now.get(), KeepingStorage.RETENTION, 50);
            LockExtension.Result result = extend(plan);
            assertThat(result.failed()).containsOnlyKeys("config");
            assertThat(result.extended()).isEqualTo(plan.size() - 1);
            assertThat(result.isComplete()).isFalse();
        }
        try (LockSurvey again = survey()) {
            assertThat(keys(again.plan(now.get(), KeepingStorage.RETENTION, 50)))
                    .containsExactly(ObjectKey.CONFIG);
        }
    }

    @Test
    void where_all_is_refused_not_everything_is_tried() throws IOException {
        for (int day = 0; day < 10; day++) {
            save("file" + day, "content " + day);
            point(day);
        }
        now.set(day(29));
        try (LockSurvey survey = survey()) {
            LockPlan plan = survey.plan(now.get(), KeepingStorage.RETENTION, 100);
            place.refused.addAll(keys(plan));
            LockExtension.Result result = extend(plan);
            assertThat(result.extended()).isZero();
            assertThat(result.failed()).hasSizeBetween(20, 22);
            assertThat(result.untried())
                    .isEqualTo(plan.size() - result.failed().size())
                    .isPositive();
        }
    }

    /// Whatever a tree that cannot be read would have needed must not run out because of it.
    @Test
    void if_a_tree_is_damaged_every_pack_counts_as_needed() throws IOException {
        save("old", "one");
        RecoveryPoint point = point(0);
        Files.delete(folder.resolve("files/below/old"));
        save("new", "two");
        point(1);
        List<ObjectKey> packs = new ArrayList<>();
        place.list(ObjectType.PACK, object -> packs.add(object.key()));
        ObjectKey lost = packs.stream()
                .filter(pack -> day(30).equals(place.ends.get(pack)))
                .findFirst()
                .orElseThrow();
        place.delete(lost);
        now.set(day(29));
        try (LockSurvey survey = survey()) {
            assertThat(survey.damages()).isNotEmpty();
            packs.remove(lost);
            assertThat(keys(survey.plan(now.get(), KeepingStorage.RETENTION, 100)))
                    .containsAll(packs);
            assertThat(Objects.requireNonNull(survey.points(now.get()).get(point.run()))
                            .until())
                    .isNull();
        }
    }

    @Test
    void a_place_that_does_not_answer_says_nothing() throws IOException {
        save("old", "one");
        point(0);
        place.silent = true;
        assertThatThrownBy(this::survey).isInstanceOf(StorageException.class).hasMessageContaining("no answer");
    }
}
