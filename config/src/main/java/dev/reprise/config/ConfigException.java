package dev.reprise.config;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The configuration is wrong, or a secret it names cannot be had.
public final class ConfigException extends RepriseException {
    private static final long serialVersionUID = 1;

    private ConfigException(String fact, String hint, @Nullable Throwable cause) {
        super(ExitStatus.BAD_CONFIGURATION, fact, hint, cause);
    }

    public static ConfigException of(String fact, String hint) {
        return new ConfigException(fact, hint, null);
    }

    static ConfigException of(String fact, String hint, Throwable cause) {
        return new ConfigException(fact, hint, cause);
    }

    /// All errors of one configuration, each on a line of its own.
    static ConfigException wrong(String file, List<String> problems) {
        String fact = problems.size() == 1
                ? problems.getFirst()
                : file + " has " + problems.size() + " errors\n  " + String.join("\n  ", problems);
        return of(
                fact,
                "correct " + file
                        + ", then run \"reprise config check\"; docs/reference/configuration.md has every option");
    }
}
