package dev.reprise.operations.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.base.ObjectId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Repositories of stock restic, restored and compared with what stock restic 0.19.1 makes of them. Needs
/// root: they hold devices, foreign owners and `trusted.*` attributes.
class FixtureRestoreTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @CsvSource({
        "restic-v1, first, 29",
        "restic-v1, second, 29",
        "restic-v2, first, 29",
        "restic-v2, second, 29",
        "restic-v1-multichunk, first, 30",
        "restic-v1-multichunk, second, 30",
        "restic-v2-0.19, first, 29",
        "restic-v2-0.19, third, 30",
        "restic-v2-0.19, dump, 2",
    })
    void a_snapshot_is_restored_as_stock_restic_does(String name, String tag, long items) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "devices and owners need root");
        try (var fixture = Fixture.unpack(name, temporary)) {
            ObjectId tree = fixture.tagged(tag).tree();
            Path target = temporary.resolve("restored");

            RestoreResult result = new FilesRestore(fixture.repository, fixture.index(), RestoreListener.SILENT)
                    .run(Requests.into(target, tree));

            assertThat(result.failures()).isEmpty();
            assertThat(result.items()).isEqualTo(items);
            Map<String, String> expected = expected(name, tag);
            if (tag.equals("dump")) {
                // Made of the backup's own owner, which is that of the restore here as there.
                assertThat(Description.of(target)).containsOnlyKeys(expected.keySet());
            }
            assertThat(Description.of(target)).isEqualTo(expected);

            RestoreResult again = new FilesRestore(fixture.repository, fixture.index(), RestoreListener.SILENT)
                    .run(Requests.into(target, tree));

            assertThat(again.failures()).isEmpty();
            assertThat(Description.of(target)).as("restored again").isEqualTo(expected);
        }
    }

    private static Map<String, String> expected(String name, String tag) throws IOException {
        if (name.equals(Fixture.V2_NEWEST)) {
            Path golden = Path.of(System.getProperty("reprise.root"), "fixtures", "restic", name + ".golden");
            return Description.parse(Files.readString(golden.resolve("restored-" + tag + ".jsonl")));
        }
        try (InputStream lines = FixtureRestoreTest.class.getResourceAsStream(name + "-" + tag + ".jsonl")) {
            return Description.parse(new String(List.of(lines).getFirst().readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
