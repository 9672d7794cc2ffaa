package dev.reprise.cli.restic;

import dev.reprise.base.DurableFile;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.check.CheckResult;
import dev.reprise.operations.check.RepositoryCheck;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.ObjectKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "migrate", description = "Bring a repository to a newer format; without a name, list what applies.")
final class MigrateVerb implements Callable<Integer> {
    private static final String UPGRADE = "upgrade_repo_v2";

    @Mixin
    private final ResticOptions global;

    @Option(
            names = {"-f", "--force"},
            description = "Try also what does not apply.")
    private boolean force;

    @Parameters(arity = "0..*", paramLabel = "migration", description = "Names of migrations.")
    private List<String> names = new ArrayList<>();

    MigrateVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() throws IOException {
        try (ResticRepository opened = global.open(RepositoryLock.Kind.EXCLUSIVE, false)) {
            if (names.isEmpty()) {
                available(opened.repository());
            }
            for (String name : names) {
                if (name.equals(UPGRADE)) {
                    upgrade(opened);
                } else {
                    global.output().warning("unknown migration " + name);
                }
            }
        }
        return 0;
    }

    private void available(Repository repository) {
        global.output().info("available migrations:");
        boolean applies = repository.config().version() == 1;
        global.output().info(applies ? "  " + UPGRADE + "\tupgrade a repository to version 2" : "no migrations found");
    }

    private void upgrade(ResticRepository opened) throws IOException {
        Repository repository = opened.repository();
        int version = repository.config().version();
        if (version != 1 && !force) {
            global.output()
                    .warning(("migration %s cannot be applied: repository is already upgraded to version %d\n"
                                    + "If you want to apply this migration anyway, re-run with option --force")
                            .formatted(UPGRADE, version));
            return;
        }
        global.output().info("checking repository integrity...");
        check(repository);
        global.output().info("applying migration %s...".formatted(UPGRADE));
        Path backup = backup(repository);
        opened.held().ensureHeld();
        boolean done = false;
        try {
            repository.upgradeConfig();
            done = true;
        } finally {
            if (!done) {
                global.output().warning("a copy of the configuration as it was is kept in " + backup);
            }
        }
        Files.delete(backup);
        Files.deleteIfExists(backup.resolveSibling(".").normalize());
        global.output().info("migration %s: success".formatted(UPGRADE));
    }

    private void check(Repository repository) {
        CheckResult result = new RepositoryCheck(repository, event -> {
                    if (event instanceof CheckEvent.Defect(String fact)) {
                        global.output().warning("error: " + fact);
                    }
                })
                .run(false, Runtime.getRuntime().availableProcessors());
        if (result.defects() > 0) {
            throw new FatalException("repository contains errors");
        }
    }

    /// Here, where the process runs: the configuration is the one object that is ever replaced.
    private Path backup(Repository repository) throws IOException {
        Path folder = Files.createTempDirectory("restic-migrate-upgrade-repo-v2-");
        Path file = folder.resolve("config");
        DurableFile.replace(file, ByteBuffer.wrap(repository.storage().readAll(ObjectKey.CONFIG)));
        return file;
    }
}
