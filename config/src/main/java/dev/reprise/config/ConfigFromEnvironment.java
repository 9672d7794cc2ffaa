package dev.reprise.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A configuration from the environment variables that applications have anyway, for an ad hoc backup.
///
/// `DATABASE_URL`, `REDIS_URL` and `UPLOADS_DIR` are the sources `postgres`, `redis` and `uploads`; `BACKUP_ROOT` or
/// `RESTIC_REPOSITORY` is the repository `main`; its password comes from `REPRISE_PASSWORD_FILE`,
/// `REPRISE_PASSWORD`, or restic's `RESTIC_PASSWORD_COMMAND`, `RESTIC_PASSWORD_FILE`, `RESTIC_PASSWORD`, the first
/// that is set. One job `adhoc` captures them all. Empty variables count as not set.
///
/// @param environment the variables
public record ConfigFromEnvironment(Map<String, String> environment) {
    /// What messages call this configuration.
    public static final String ORIGIN = "the environment";

    private static final List<String> SOURCES = List.of("DATABASE_URL", "REDIS_URL", "UPLOADS_DIR");

    /// Whether a repository is named: that is enough to restore from it.
    public boolean isPresent() {
        return repository().isPresent();
    }

    /// Without any source the configuration has only its repository: on the day after, the machine may have nothing
    /// else.
    ///
    /// @param directory absolute; relative paths start here
    /// @throws ConfigException naming the variables that are missing
    public RepriseConfig read(Path directory) {
        boolean sources = SOURCES.stream().anyMatch(this::isSet);
        return ConfigReader.read(sources ? text() : repositories(), ORIGIN, directory);
    }

    /// The configuration as a file. Secrets stay in their variables: the text names them.
    ///
    /// @throws ConfigException naming the variables that are missing
    public String text() {
        if (SOURCES.stream().noneMatch(this::isSet)) {
            throw ConfigException.of(
                    "none of " + String.join(", ", SOURCES) + " is set", "set those of what is to be protected");
        }
        var text = new StringBuilder("# Made from environment variables; secrets stay there.\n\n");
        text.append(repositories()).append("\nsources:\n");
        var names = new ArrayList<String>();
        if (isSet("DATABASE_URL")) {
            names.add("postgres");
            text.append("  postgres:\n    kind: postgres\n    url: {env: DATABASE_URL}\n");
        }
        if (isSet("REDIS_URL")) {
            names.add("redis");
            text.append("  redis:\n    kind: redis\n    url: {env: REDIS_URL}\n    required: false\n");
        }
        if (isSet("UPLOADS_DIR")) {
            names.add("uploads");
            text.append("  uploads:\n    kind: files\n    paths: [")
                    .append(quoted(value("UPLOADS_DIR")))
                    .append("]\n");
        }
        return text.append("\njobs:\n  adhoc:\n    sources: [")
                .append(String.join(", ", names))
                .append("]\n    repository: main\n")
                .toString();
    }

    private String repositories() {
        return """
                repositories:
                  main:
                    location: %s
                    password: %s
                """.formatted(repository().orElseThrow(ConfigFromEnvironment::noRepository), password());
    }

    private Optional<String> repository() {
        for (String name : List.of("BACKUP_ROOT", "RESTIC_REPOSITORY")) {
            if (isSet(name)) {
                String location = value(name);
                return Optional.of(Redaction.hides(location) ? "{env: " + name + "}" : quoted(location));
            }
        }
        return isSet("RESTIC_REPOSITORY_FILE")
                ? Optional.of("{file: " + quoted(value("RESTIC_REPOSITORY_FILE")) + "}")
                : Optional.empty();
    }

    private static ConfigException noRepository() {
        return ConfigException.of(
                "neither BACKUP_ROOT nor RESTIC_REPOSITORY is set", "set BACKUP_ROOT to where the backups should go");
    }

    private String password() {
        if (isSet("REPRISE_PASSWORD_FILE")) {
            return "{file: " + quoted(value("REPRISE_PASSWORD_FILE")) + "}";
        }
        if (isSet("REPRISE_PASSWORD")) {
            return "{env: REPRISE_PASSWORD}";
        }
        if (isSet("RESTIC_PASSWORD_COMMAND")) {
            return "{command: " + quoted(value("RESTIC_PASSWORD_COMMAND")) + "}";
        }
        if (isSet("RESTIC_PASSWORD_FILE")) {
            return "{file: " + quoted(value("RESTIC_PASSWORD_FILE")) + "}";
        }
        if (isSet("RESTIC_PASSWORD")) {
            return "{env: RESTIC_PASSWORD}";
        }
        throw ConfigException.of(
                "no password for the repository: none of REPRISE_PASSWORD_FILE, REPRISE_PASSWORD,"
                        + " RESTIC_PASSWORD_COMMAND, RESTIC_PASSWORD_FILE, RESTIC_PASSWORD is set",
                "set REPRISE_PASSWORD_FILE to a file that holds it");
    }

    private boolean isSet(String name) {
        return !value(name).isEmpty();
    }

    private String value(String name) {
        return environment.getOrDefault(name, "");
    }

    /// As a double-quoted YAML scalar.
    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                quoted.append("\\x%02x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
