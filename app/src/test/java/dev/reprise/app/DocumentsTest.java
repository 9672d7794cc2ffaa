package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the documents promise and the program has, compared.
class DocumentsTest {
    private static final Path ROOT = Path.of(System.getProperty("reprise.root", ".."));
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)#]+)(#[^)]*)?\\)");
    private static final Pattern FIRST_LINE = Pattern.compile("(Security|Fix|Change|Add): [A-Z0-9`].*[^.]");

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> top = Files.list(ROOT)) {
            return Stream.concat(docs, top)
                    .filter(path -> path.toString().endsWith(".md"))
                    .toList();
        }
    }

    @Test
    void every_link_leads_somewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            LINK.matcher(Files.readString(page)).results().forEach(link -> {
                String target = link.group(1);
                if (!target.contains("://") && !Files.exists(page.resolveSibling(target))) {
                    broken.add(page + ": " + target);
                }
            });
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void the_page_of_exit_statuses_has_every_status_and_no_other() throws IOException {
        List<Integer> described = Files.readString(ROOT.resolve("docs/reference/exit-statuses.md"))
                .lines()
                .filter(line -> line.matches("\\| \\d+ \\|.*"))
                .map(line -> Integer.parseInt(line.split("\\|", -1)[1].strip()))
                .toList();
        assertThat(described)
                .containsExactlyElementsOf(
                        Arrays.stream(ExitStatus.values()).map(ExitStatus::code).toList());
    }

    @Test
    void the_readme_lists_every_verb() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String verbs = readme.lines()
                .filter(line -> line.startsWith("| verbs |"))
                .findFirst()
                .orElse("");
        assertThat(Main.commands().names()).allSatisfy(name -> assertThat(verbs).containsPattern("\\b" + name + "\\b"));
    }

    @Test
    void every_note_begins_with_its_kind_and_a_sentence_without_a_full_stop() throws IOException {
        try (Stream<Path> notes = Files.list(ROOT.resolve("changelog/unreleased"))) {
            List<Path> all = notes.toList();
            assertThat(all).isNotEmpty();
            for (Path note : all) {
                List<String> lines = Files.readAllLines(note);
                assertThat(lines.getFirst()).as(note.toString()).matches(FIRST_LINE);
                assertThat(lines).as(note.toString()).hasSizeGreaterThan(2);
                assertThat(lines.get(1)).as(note.toString()).isEmpty();
            }
        }
    }
}
