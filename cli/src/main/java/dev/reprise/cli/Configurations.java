package dev.reprise.cli;

import dev.reprise.config.ConfigException;
import dev.reprise.config.ConfigFromEnvironment;
import dev.reprise.config.ConfigReader;
import dev.reprise.config.RepriseConfig;
import java.nio.file.Files;
import java.nio.file.Path;

/// Finds the configuration a command works with.
public final class Configurations {
    private Configurations() {}

    /// The file named by `--config` or `REPRISE_CONFIG`, else `./reprise.yaml`, else what the environment says.
    ///
    /// @throws ConfigException if there is none, or it is wrong
    public static RepriseConfig load(GlobalOptions options) {
        Path file = options.configFile();
        CommandContext context = options.context();
        var fromEnvironment = new ConfigFromEnvironment(context.environment());
        if (options.configFileIsNamed() || Files.exists(file)) {
            return ConfigReader.readFile(file);
        }
        if (fromEnvironment.isPresent()) {
            return fromEnvironment.read(context.workingDirectory());
        }
        throw ConfigException.of(
                "there is no configuration: no " + file + ", and BACKUP_ROOT or RESTIC_REPOSITORY is not set",
                "run \"reprise init\" to write a configuration, or name one with --config");
    }

    /// The same, and says what is not wise about it.
    public static RepriseConfig loadAndWarn(GlobalOptions options) {
        RepriseConfig config = load(options);
        config.warnings().forEach(warning -> options.output().warning(warning, ""));
        return config;
    }
}
