package dev.reprise.compat.wrappers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.compat.campaign.Participant;
import dev.reprise.compat.campaign.Participant.Run;
import dev.reprise.compat.campaign.RepriseParticipant;
import dev.reprise.compat.campaign.StockParticipant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every command line that docs/reference/restic-wrappers.md says wrappers use.
class WrapperLinesTest {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
    private static final Participant RESTIC = new StockParticipant("0.19");

    @TempDir
    private Path home;

    static Stream<String> lines() throws IOException {
        Path page = Path.of(System.getProperty("reprise.root", "..")).resolve("docs/reference/restic-wrappers.md");
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(page)) {
            inside = line.startsWith("```") ? line.equals("```restic") : inside;
            if (inside && line.startsWith("restic ")) {
                lines.add(line);
            }
        }
        assertThat(lines).hasSizeGreaterThan(30);
        return lines.stream();
    }

    /// Where there is no repository, everything is refused alike: after the command line was understood.
    @ParameterizedTest
    @MethodSource("lines")
    void is_understood_and_ends_as_in_restic(String line) throws IOException {
        Path folder = Files.createDirectories(home.resolve("home"));
        Files.writeString(home.resolve("key"), "password\n");
        Files.writeString(home.resolve("list"), folder + "\n");
        Files.writeString(home.resolve("excludes"), "*.tmp\n");
        List<String> words = words(line.substring("restic ".length()));

        var theirs = RESTIC.run(new Run(folder, environment("theirs"), located(words, "theirs")));
        var ours = new RepriseParticipant().run(new Run(folder, environment("ours"), located(words, "ours")));

        assertThat(ours.status())
                .as("%s%nrestic: %s%nreprise: %s", line, theirs, ours)
                .isEqualTo(theirs.status());
        assertThat(ours.err()).doesNotContain("unknown flag", "unknown command", "internal error");
        assertThat(theirs.err()).doesNotContain("unknown flag", "unknown command");
    }

    private Map<String, String> environment(String whose) {
        return Map.of("RESTIC_REPOSITORY", home.resolve(whose).toString(), "RESTIC_PASSWORD", "password");
    }

    /// The variables give way to flags that say the same.
    private List<String> located(List<String> words, String whose) throws IOException {
        Files.writeString(home.resolve("repo-" + whose), home.resolve(whose).toString());
        return words.stream()
                .map(word -> switch (word) {
                    case "/srv/repo", "/srv/other" -> home.resolve(whose).toString();
                    case "/etc/key" -> home.resolve("key").toString();
                    case "/etc/list" -> home.resolve("list").toString();
                    case "/etc/excludes" -> home.resolve("excludes").toString();
                    case "/etc/repo" -> home.resolve("repo-" + whose).toString();
                    case "cat /etc/key" -> "cat " + home.resolve("key");
                    case "/home" -> home.resolve("home").toString();
                    default -> word;
                })
                .toList();
    }

    private static List<String> words(String line) {
        return WORD.matcher(line)
                .results()
                .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
                .toList();
    }
}
