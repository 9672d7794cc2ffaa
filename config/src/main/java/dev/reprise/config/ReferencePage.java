package dev.reprise.config;

import java.util.Map;

/// The reference of the configuration as a Markdown page.
public final class ReferencePage {
    private final StringBuilder page = new StringBuilder();

    private ReferencePage() {}

    /// With a line end.
    public static String text() {
        var reference = new ReferencePage();
        reference.page.append("""
                # Configuration: `reprise.yaml`

                <!-- Made from the options' declarations by the build. Do not edit: change the declarations. -->

                One file says where backups go (`repositories`), what is protected (`sources`) and what is captured
                together (`jobs`). Reprise reads `./reprise.yaml`, or the file named by `--config` or `REPRISE_CONFIG`.
                `reprise init` writes one to start from, `reprise config check` reports every error with line and
                column, `reprise config show` prints the values in effect, and `reprise config schema` the JSON Schema
                for editors.

                * Relative paths start at the directory of the file.
                * Sizes are powers of 1024: `16MiB`, `16M` and `16777216` are the same.
                * Durations are written `30s`, `15m`, `1h30m`, `7d`.
                * A secret is named, not written down: `{file: PATH}` (a byte order mark and white space around the
                  content are dropped), `{env: NAME}` (taken as it is), `{command: COMMAND}` (run by `/bin/sh -c`; its
                  standard output without white space around it, within 60 seconds). `{value: TEXT}` is possible and
                  earns a warning. Secrets never appear in output, logs or manifests.
                * Names of repositories, sources and jobs have 1 to 63 letters, digits, dots, underscores or hyphens.
                """);
        reference.section("The whole file", RootOptions.SECTION, "", false);
        reference.named("repositories.NAME", RootOptions.REPOSITORIES);
        reference.section("repositories.NAME.cold", RepositoryOptions.COLD_SECTION, "", true);
        reference.named("sources.NAME", RootOptions.SOURCES);
        reference.named("jobs.NAME", RootOptions.JOBS);
        reference.section("jobs.NAME.retention", RetentionOptions.SECTION, "", true);
        reference.section("jobs.NAME.export", ExportOptions.SECTION, "", true);
        reference.section("prices", PriceOptions.SECTION, "", true);
        reference.section("prices.classes.NAME", PriceOptions.CLASS_SECTION, "", true);
        reference
                .page
                .append("\n## Example\n\n```yaml\n")
                .append(Example.text())
                .append("```\n");
        return reference.page.toString();
    }

    private void named(String title, Option<Map<String, Values>> option) {
        if (option.type() instanceof ValueType.Named named) {
            named.kinds().forEach((kind, section) -> section(title, section, kind, true));
        }
    }

    private void section(String title, Section section, String kind, boolean code) {
        String shown = code ? "`" + title + "`" : title;
        page.append("\n## ").append(shown);
        if (!kind.isEmpty()) {
            page.append(" with `kind: ").append(kind).append("`");
        }
        page.append("\n\n").append(section.help()).append(".\n");
        section.exactlyOne()
                .forEach(alternatives -> page.append("\nExactly one of ")
                        .append(String.join(
                                ", ",
                                alternatives.stream()
                                        .map(option -> "`" + option.key() + "`")
                                        .toList()))
                        .append(" is needed.\n"));
        page.append("\n| key | value | default | meaning |\n|---|---|---|---|\n");
        section.options().forEach(this::row);
    }

    private <T> void row(Option<T> option) {
        page.append("| `")
                .append(option.key())
                .append("` | ")
                .append(escaped(option.type().description()));
        page.append("<br>`").append(escaped(option.example())).append("` | ");
        T fallback = option.fallback();
        if (option.required()) {
            page.append("**required**");
        } else if (fallback == null) {
            page.append("–");
        } else {
            page.append('`').append(option.type().shown(fallback)).append('`');
        }
        page.append(" | ").append(escaped(option.help())).append(" |\n");
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|");
    }
}
