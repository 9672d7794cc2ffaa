package dev.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The committed pages are what the declarations say. After changing an option, print them anew:
/// `./mvnw test -pl config -am -Dtest=ReferencePageTest -Dsurefire.failIfNoSpecifiedTests=false
/// -Dreprise.generate=true`
class ReferencePageTest {
    private static final Path REFERENCE = Path.of(System.getProperty("reprise.root"), "docs", "reference");

    @Test
    void the_reference_page_is_the_generated_one() throws IOException {
        check("configuration.md", ReferencePage.text());
    }

    @Test
    void the_schema_is_the_generated_one() throws IOException {
        check("reprise.schema.json", Schemas.text());
    }

    @Test
    void every_option_is_on_the_page_with_its_example() {
        String page = ReferencePage.text();
        assertThat(page)
                .contains("| `lock-timeout` | a duration like 30s, 15m or 1h30m<br>`30s` | `5m` |")
                .contains("| `password` | {file: PATH}, {env: NAME} or {command: COMMAND}<br>`{file:"
                        + " /etc/reprise/password}` | **required** |")
                .contains("`sources.NAME` with `kind: redis`");
    }

    private static void check(String name, String text) throws IOException {
        Path file = REFERENCE.resolve(name);
        if (Boolean.getBoolean("reprise.generate")) {
            Files.createDirectories(REFERENCE);
            Files.writeString(file, text);
        }
        assertThat(file).as("see the comment of this test").hasContent(text);
    }
}
