package dev.reprise.cli;

import dev.reprise.base.DurableFile;
import dev.reprise.base.ExitStatus;
import dev.reprise.config.ConfigFromEnvironment;
import dev.reprise.config.ConfigReader;
import dev.reprise.config.Example;
import dev.reprise.config.RepositorySettings;
import dev.reprise.config.RepriseConfig;
import dev.reprise.repository.Repository;
import dev.reprise.repository.chunk.Polynomial;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "init",
        header = "Write a configuration to start from, and create its repositories.",
        description = {
            "Without a configuration file: writes a commented example, readable by its owner only, and creates",
            "nothing else; edit it and run init again. With --from-env it is made from DATABASE_URL, REDIS_URL,",
            "UPLOADS_DIR and BACKUP_ROOT instead, and the repository is created at once.",
            "With a configuration file: creates every repository that does not exist yet.",
            "Never overwrites a configuration, never touches data of a repository that exists, never makes up a",
            "password."
        },
        exitCodeList = {
            " 0:done, or nothing to do",
            " 1:a repository could not be created",
            "12:the password does not open a repository that exists",
            "20:the configuration is wrong, or is there already with --from-env"
        },
        footer = {
            "  reprise init                        # writes ./reprise.yaml",
            "  reprise init --dry-run              # says what would be created",
            "  BACKUP_ROOT=/srv/backup UPLOADS_DIR=/srv/up reprise init --from-env"
        })
final class InitCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    @Option(names = "--from-env", description = "Make the configuration from environment variables.")
    private boolean fromEnvironment;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Say what would be done, and do nothing.")
    private boolean dryRun;

    InitCommand(CommandContext context) {
        this.global = new GlobalOptions(context);
    }

    @Override
    public Integer call() throws IOException {
        Path file = global.configFile();
        boolean present = Files.exists(file);
        if (present && fromEnvironment) {
            throw new UsageException(
                    file + " exists and is not overwritten", "remove it first, or name another file with --config");
        }
        if (!present && !fromEnvironment) {
            write(file, Example.text());
            global.output().info(dryRun ? "" : "edit it, then run \"reprise init\" again to create its repositories");
            return ExitStatus.OK.code();
        }
        createRepositories(present ? ConfigReader.readFile(file) : fromEnvironment(file));
        return ExitStatus.OK.code();
    }

    private RepriseConfig fromEnvironment(Path file) throws IOException {
        var environment = new ConfigFromEnvironment(global.context().environment());
        String text = environment.text();
        // Relative paths in variables start here, in the file they would start beside it.
        Path directory = Objects.requireNonNull(file.getParent());
        if (!directory.equals(global.context().workingDirectory())) {
            throw new UsageException(
                    "--from-env writes into the current directory only, not to " + file, "run it in " + directory);
        }
        RepriseConfig config = ConfigReader.read(text, file.toString(), directory);
        write(file, text);
        return config;
    }

    private void write(Path file, String text) throws IOException {
        if (!dryRun) {
            DurableFile.replace(file, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }
        global.output().result((dryRun ? "would write " : "wrote ") + file);
        global.output()
                .message(
                        "config_written",
                        fields -> fields.put("file", file.toString()).put("dry_run", dryRun));
    }

    private void createRepositories(RepriseConfig config) {
        var repositories = new Repositories(config, global.context());
        // All cut files alike, so that one reading of the sources serves several of them, and copies share chunks.
        Polynomial polynomial = null;
        Map<RepositorySettings, Boolean> there = new LinkedHashMap<>();
        config.repositories().values().forEach(settings -> there.put(settings, repositories.exists(settings)));
        for (RepositorySettings settings : inOrder(there)) {
            if (there.getOrDefault(settings, false)) {
                try (Repository repository = repositories.open(settings)) {
                    polynomial = polynomial == null ? repository.config().polynomial() : polynomial;
                    report(settings, repository.storage().location(), "exists");
                }
            } else if (dryRun) {
                repositories.password(settings).close();
                report(settings, repositories.location(settings), "would create");
            } else {
                try (Repository repository = repositories.create(settings, polynomial)) {
                    polynomial = polynomial == null ? repository.config().polynomial() : polynomial;
                    report(settings, repository.storage().location(), "created");
                    new ProbedPlaces(global.context(), global.output()).first(settings.name(), repository);
                }
            }
        }
    }

    /// Those that exist before the others.
    private static List<RepositorySettings> inOrder(Map<RepositorySettings, Boolean> there) {
        return there.keySet().stream()
                .sorted(Comparator.comparing(settings -> !there.getOrDefault(settings, false)))
                .toList();
    }

    private void report(RepositorySettings settings, String location, String state) {
        global.output()
                .result(
                        state.equals("exists")
                                ? "repository " + settings.name() + " exists at " + location
                                : state + " repository " + settings.name() + " at " + location);
        global.output()
                .message(
                        "repository",
                        fields -> fields.put("name", settings.name())
                                .put("location", location)
                                .put("state", state.replace(' ', '_')));
    }
}
