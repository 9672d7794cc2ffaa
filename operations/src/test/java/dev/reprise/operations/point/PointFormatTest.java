package dev.reprise.operations.point;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.CapturedStream;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.sources.Facts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PointFormatTest {
    private static final Instant AT = Instant.parse("2026-11-21T03:00:00.123456789Z");

    @Test
    void a_manifest_reads_back_as_it_was_written() {
        RecoveryPoint point = point();

        assertThat(PointFormat.decode(PointFormat.encode(point))).isEqualTo(point);
    }

    @Test
    void ids_and_instants_are_readable_text() {
        String json = new String(PointFormat.encode(point()), StandardCharsets.UTF_8);

        assertThat(json)
                .contains("\"run\":\"0123456789abcdef\"")
                .contains("\"started\":\"2026-11-21T03:00:00.123456789Z\"")
                .contains("\"app.public.orders\":42");
    }

    @Test
    void members_of_newer_programs_are_ignored() {
        String json = new String(PointFormat.encode(point()), StandardCharsets.UTF_8);

        assertThat(PointFormat.decode(("{\"moon\":\"full\"," + json.substring(1)).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(point());
    }

    @Test
    void a_newer_format_is_refused_not_guessed() {
        String json =
                new String(PointFormat.encode(point()), StandardCharsets.UTF_8).replace("\"format\":1", "\"format\":2");

        assertThatThrownBy(() -> PointFormat.decode(json.getBytes(StandardCharsets.UTF_8)))
                .hasMessage("manifest format 2 is not known to this program");
    }

    @Test
    void a_manifest_that_leaves_something_out_is_refused() {
        String json = new String(PointFormat.encode(point()), StandardCharsets.UTF_8);

        for (String member : List.of("\"sources\":", "\"facts\":", "\"kind\":", "\"consistentAt\":", "\"run\":")) {
            byte[] without = json.replace(member, "\"other\":").getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> PointFormat.decode(without))
                    .as(member)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("not a manifest: %s is missing", member.replace(":", ""));
        }
        byte[] emptySource = json.replaceFirst("\"sources\":\\[\\{.*}],", "\"sources\":[null],")
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> PointFormat.decode(emptySource)).hasMessage("not a manifest: \"sources\" is missing");
        assertThatThrownBy(() -> PointFormat.decode("null".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("not a manifest: null");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damaged_json_is_refused_or_read_never_anything_else(long seed) {
        var random = new Random(seed);
        byte[] json = PointFormat.encode(point());
        for (int i = 0; i < 5; i++) {
            json[random.nextInt(json.length)] = (byte) random.nextInt();
        }
        try {
            PointFormat.decode(json);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("manifest");
        }
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.of(0, 1), new Random().longs(200));
    }

    private static RecoveryPoint point() {
        var counts = new TreeMap<>(Map.of("app.public.orders", 42L));
        var facts = new Facts(AT, new TreeMap<>(Map.of("server", "15.19")), new TreeMap<>(), counts, new TreeMap<>());
        ObjectId id = ObjectId.hash(new byte[] {1});
        var source = new CapturedSource(
                "main",
                "postgres",
                true,
                Outcome.CAPTURED,
                id,
                id,
                AT,
                AT.plusSeconds(3),
                facts,
                List.of(new CapturedStream("app.dump", 99, id)),
                99,
                77,
                0,
                List.of());
        return new RecoveryPoint(
                1,
                new RunId("0123456789abcdef"),
                "reprise 0.1",
                "nightly",
                "db1",
                AT,
                AT.plusSeconds(4),
                List.of(source),
                Map.of("sources", "main"));
    }
}
