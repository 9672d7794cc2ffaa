package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.testkit.restic.StockRestic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `forget` keeps and removes, and its reasons, compared with stock restic's on invented snapshots:
/// every group of a repository under every policy is one comparison, so one run of restic decides many.
class ForgetDecisionsTest {
    private static final String PASSWORD = "forget";
    private static final ObjectMapper JSON = new ObjectMapper();
    /// Of both programs, and of two thirds of the snapshots. Lord Howe moves its clocks by half an hour, Apia left out
    /// a whole day.
    private static final List<String> ZONES =
            List.of("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia");

    private static final List<String> GROUPINGS =
            List.of("", "host", "paths", "tags", "host,paths", "host,tags", "host,paths,tags");
    private static final List<List<String>> PATHS =
            List.of(List.of("/srv/b", "/srv/a"), List.of("/srv/a", "/srv/b"), List.of("/srv/a"), List.of("/home"));

    /// Around leap days, ends of years, weeks that belong to another year, and clock changes of several
    /// zones.
    private static final List<String> BEGINNINGS = List.of(
            "2024-02-28T22:00:00",
            "2023-12-30T23:00:00",
            "2021-01-01T00:00:00",
            "2020-12-27T12:00:00",
            "2024-03-31T01:10:00",
            "2024-10-27T00:30:00",
            "2024-03-10T01:30:00",
            "2023-11-05T00:30:00",
            "2000-02-29T12:00:00",
            "2011-12-29T20:00:00",
            "2024-04-06T12:00:00",
            "1999-12-31T23:59:59");

    @TempDir
    private Path home;

    @Test
    void decisions_and_reasons_equal_restics() {
        assertThat(compare(new Random().nextLong(), ZONES.subList(0, 3), 60, 4)).isGreaterThanOrEqualTo(500);
    }

    @Test
    @Tag("long")
    void decisions_and_reasons_equal_restics_on_tens_of_thousands_of_groups_and_policies() {
        int compared = compare(new Random().nextLong(), ZONES, 100, 40);
        System.out.println("groups and policies compared: " + compared);
        assertThat(compared).isGreaterThanOrEqualTo(10_000);
    }

    /// Prints its seed if it fails.
    ///
    /// @return how many groups were decided by both
    private int compare(long seed, List<String> zones, int hosts, int policies) {
        var random = new Random(seed);
        int compared = 0;
        for (String zone : zones) {
            Path folder = home.resolve(zone.replace('/', '-'));
            write(folder, hosts, ZoneId.of(zone), random);
            var restic = StockRestic.of("0.19", folder, PASSWORD).with(Map.of("TZ", zone));
            var reprise = RepriseRestic.of(folder, PASSWORD).inZone(zone);
            for (int p = 0; p < policies; p++) {
                // By host, or nearly so, is what people do, and makes the most groups.
                String grouping = p % 2 == 0 ? "host" : GROUPINGS.get(random.nextInt(GROUPINGS.size()));
                compared += compare("seed %d, TZ=%s".formatted(seed, zone), restic, reprise, grouping, policy(random));
            }
        }
        return compared;
    }

    private static int compare(
            String said, StockRestic restic, RepriseRestic reprise, String grouping, List<String> policy) {
        List<String> line = new ArrayList<>(List.of("forget", "--dry-run", "--no-lock", "--json"));
        line.addAll(List.of("--group-by", grouping));
        line.addAll(policy);
        String[] arguments = line.toArray(String[]::new);
        String what = said + ", " + String.join(" ", line);
        var theirs = restic.run(arguments);
        var ours = reprise.run(arguments);
        assertThat(ours.status()).as(what + ours.err()).isEqualTo(theirs.status());
        Map<String, JsonNode> expected = groups(theirs.out());
        Map<String, JsonNode> found = groups(ours.out());
        assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
        expected.forEach((key, group) ->
                assertThat(found.get(key)).as("%s, %s", what, key).isEqualTo(group));
        return expected.size();
    }

    /// By what makes them groups. Of two snapshots of one time either may count as newer, so they say the same but
    /// for the name of the user, which is left out here together with the ids.
    private static Map<String, JsonNode> groups(String json) {
        Map<String, JsonNode> groups = new TreeMap<>();
        if (!json.isBlank()) {
            for (JsonNode group : JSON.readTree(json)) {
                nameless(group.get("keep"));
                nameless(group.get("remove"));
                for (JsonNode reason : group.get("reasons")) {
                    nameless(reason.get("snapshot"));
                }
                groups.put("%s %s %s".formatted(group.get("host"), group.get("paths"), group.get("tags")), group);
            }
        }
        return groups;
    }

    private static void nameless(JsonNode node) {
        if (node instanceof ObjectNode snapshot) {
            snapshot.remove(List.of("id", "short_id", "username"));
        }
        node.forEach(ForgetDecisionsTest::nameless);
    }

    private static List<String> policy(Random random) {
        List<String> flags = new ArrayList<>();
        if (random.nextInt(8) == 0) {
            flags.addAll(List.of("--keep-tag", random.nextBoolean() ? "a" : "a,b"));
            if (random.nextInt(8) > 0) {
                flags.addAll(List.of("--keep-last", "1"));
            }
            return flags;
        }
        List<String> spans = new ArrayList<>(List.of("last", "hourly", "daily", "weekly", "monthly", "yearly"));
        for (String span : spans) {
            if (random.nextInt(3) == 0) {
                String count = random.nextInt(8) == 0 ? "unlimited" : Integer.toString(random.nextInt(7));
                flags.addAll(List.of("--keep-" + span, count));
            }
            if (!span.equals("last") && random.nextInt(5) == 0) {
                flags.addAll(List.of("--keep-within-" + span, duration(random)));
            }
        }
        if (random.nextInt(3) == 0) {
            flags.addAll(List.of("--keep-within", duration(random)));
        }
        if (random.nextInt(4) == 0) {
            flags.addAll(List.of("--keep-tag", random.nextBoolean() ? "b" : ""));
        }
        // Without it some group may lose everything, and then both refuse.
        if (random.nextInt(8) > 0) {
            flags.addAll(List.of("--keep-last", "1"));
        }
        return flags;
    }

    private static String duration(Random random) {
        String duration = "";
        for (String unit : List.of("y", "m", "d", "h")) {
            if (random.nextInt(3) == 0) {
                duration += random.nextInt(unit.equals("h") ? 60 : 40) + unit;
            }
        }
        return duration.isEmpty() ? "31d" : duration;
    }

    private static void write(Path folder, int hosts, ZoneId zone, Random random) {
        CheapRepository.create(folder, PASSWORD);
        Set<Instant> taken = new HashSet<>();
        try (Repository repository = Repository.open(
                new LocalStorage(folder), Secret.of(PASSWORD), new SecureRandom(), InstantSource.system())) {
            for (int host = 0; host < hosts; host++) {
                writeHost(repository, "host" + host, zone, taken, random);
            }
        }
    }

    private static void writeHost(Repository repository, String host, ZoneId zone, Set<Instant> taken, Random random) {
        ZonedDateTime time = LocalDateTime.parse(BEGINNINGS.get(random.nextInt(BEGINNINGS.size())))
                .plusNanos(random.nextInt(1_000_000_000))
                .atZone(zone);
        int count = 1 + random.nextInt(25);
        // Steps of whole days and months fall just on the limits of --keep-within.
        int steps = random.nextInt(3);
        long stride = 1L << random.nextInt(26);
        for (int i = 0; i < count; i++) {
            // Between two snapshots of one time whose offsets or tags differ, restic's choice is any.
            if (taken.add(time.toInstant())) {
                Snapshot snapshot = snapshot(host, offset(time.toInstant(), zone, random), random);
                repository.save(snapshot);
                if (random.nextInt(10) == 0) {
                    repository.save(twin(snapshot));
                }
            }
            time = steps > 0 && random.nextInt(10) > 0
                    ? steps == 1 ? time.plusDays(1) : time.plusMonths(1)
                    : next(time.toInstant(), stride, random).atZone(zone);
        }
    }

    private static Instant next(Instant time, long stride, Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> time.plus(Duration.ofDays(400));
            case 1 -> time.plus(Duration.ofDays(31));
            case 2 -> Instant.parse("2070-01-01T00:00:00Z").plusSeconds(random.nextInt(1_000_000));
            case 3 -> time.minus(Duration.ofDays(random.nextInt(800)));
            default -> time.plusSeconds(random.nextLong(stride) + 1);
        };
    }

    private static OffsetDateTime offset(Instant time, ZoneId zone, Random random) {
        int[] minutes = {-720, -300, 0, 60, 120, 330, 345, 840};
        return random.nextInt(3) > 0
                ? time.atZone(zone).toOffsetDateTime()
                : time.atOffset(ZoneOffset.ofTotalSeconds(60 * minutes[random.nextInt(minutes.length)]));
    }

    private static Snapshot snapshot(String host, OffsetDateTime time, Random random) {
        List<String> tags = new ArrayList<>();
        for (String tag : List.of("b", "a", "c")) {
            if (random.nextInt(4) == 0) {
                tags.add(tag);
            }
        }
        List<String> paths = PATHS.get(random.nextInt(PATHS.size()));
        return snapshot(time, host, paths, tags, "user");
    }

    private static Snapshot twin(Snapshot of) {
        return snapshot(of.time(), of.hostname(), of.paths(), of.tags(), "twin");
    }

    private static Snapshot snapshot(
            OffsetDateTime time, String host, List<String> paths, List<String> tags, String user) {
        return new Snapshot(
                time,
                null,
                ObjectId.hash(host.getBytes(StandardCharsets.UTF_8)),
                paths,
                host,
                user,
                1000,
                1000,
                List.of(),
                tags,
                null,
                "",
                null,
                Map.of());
    }
}
