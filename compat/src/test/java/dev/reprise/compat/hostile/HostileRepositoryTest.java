package dev.reprise.compat.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program with 96 MiB of memory opens repositories made to do harm. One of them alone: `-Dreprise.lie=NAME`.
class HostileRepositoryTest {
    private static final int HEAP_MEBIBYTES = 96;
    /// Far more than any needs; what takes time by the square of its size takes longer.
    private static final long LONGEST_MILLIS = 60_000;

    @TempDir
    private Path home;

    /// @param lie  name of the repository
    /// @param line a command line, words separated by tabs
    private record Step(String lie, String line) {}

    /// Paths longer than the system takes in one piece: Java could not remove what a restore of them leaves.
    @AfterEach
    void remove() throws Exception {
        Process removal = new ProcessBuilder("sh", "-c", "rm -rf ./*")
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(removal.waitFor()).isZero();
    }

    @Test
    void neither_memory_nor_time_nor_anything_outside_is_harmed() throws Exception {
        suffer(600);
    }

    @Tag("long")
    @Test
    void folders_in_folders_100000_deep_harm_nothing_either() throws Exception {
        suffer(100_000);
    }

    private void suffer(int depth) throws Exception {
        List<Step> steps = new ArrayList<>();
        for (var lie : Lies.all(depth).entrySet()) {
            if (lie.getKey().contains(System.getProperty("reprise.lie", ""))) {
                Path folder = Files.createDirectories(home.resolve(lie.getKey()));
                Path repository = Files.createDirectory(folder.resolve("repository"));
                try (var hostile = new HostileRepository(repository)) {
                    lie.getValue().tell(hostile);
                }
                steps.addAll(steps(lie.getKey(), repository, folder.resolve("target")));
            }
        }
        List<String> answers = answers(steps);
        var softly = new SoftAssertions();
        softly.assertThat(answers).hasSameSizeAs(steps);
        for (int i = 0; i < answers.size(); i++) {
            verify(softly, steps.get(i), answers.get(i));
        }
        for (Path folder : (Iterable<Path>) folders(home)::iterator) {
            softly.assertThat(folders(folder).map(Path::getFileName).map(Path::toString))
                    .as("what lies beside the target")
                    .isSubsetOf("repository", "target");
        }
        softly.assertThat(Path.of("/tmp/escaped-absolute")).doesNotExist();
        softly.assertThat(Path.of("/tmp/escaped")).doesNotExist();
        softly.assertAll();
    }

    private static List<Step> steps(String lie, Path repository, Path target) {
        List<String> lines = List.of("engine\tcheck\t" + repository, "engine\trestore\t" + repository + "\t" + target);
        return lines.stream().map(line -> new Step(lie, line)).toList();
    }

    private static void verify(SoftAssertions softly, Step step, String answer) {
        String[] parts = answer.split("\t", 3);
        softly.assertThat(parts[0]).as("%s: %s", step, answer).isIn("0", "1");
        softly.assertThat(Long.parseLong(parts[1])).as("%s: %s", step, answer).isLessThan(LONGEST_MILLIS);
        softly.assertThat(parts[2])
                .as("%s", step)
                .doesNotContainIgnoringCase("OutOfMemory", "out of memory", "StackOverflow", "internal error");
    }

    private static Stream<Path> folders(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).toList().stream();
        }
    }

    private List<String> answers(List<Step> steps) throws IOException, InterruptedException {
        Path script = Files.write(
                home.resolve("script"), steps.stream().map(Step::line).toList());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx" + HEAP_MEBIBYTES + "m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallProgram.class.getName(),
                        script.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> answers = new ArrayList<>();
        try (var reader = process.inputReader()) {
            reader.lines().forEach(answers::add);
        }
        assertThat(process.waitFor()).as("status of the small program").isZero();
        return answers;
    }
}
