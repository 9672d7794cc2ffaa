package dev.reprise.cli.restic;

import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.Repository;
import dev.reprise.repository.Repository.InitOptions;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.Storage;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "init", description = "Create a repository.")
final class InitVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Option(names = "--repository-version", paramLabel = "version", description = "1, 2, latest or stable.")
    private String version = "stable";

    @Option(
            names = "--copy-chunker-params",
            description = "Cut files as another repository does, so that copies share what they have in common.")
    private boolean copyChunker;

    @Mixin
    private final FromRepository from;

    InitVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.from = new FromRepository(context);
    }

    @Override
    public Integer call() {
        Polynomial polynomial = polynomial();
        Storage storage = global.storage();
        boolean created = false;
        try (Secret password = global.password();
                Repository repository = init(storage, password, new InitOptions(formatVersion(), polynomial))) {
            created = true;
            report(repository.config().id(), repository.storage().location());
        } finally {
            if (!created) {
                storage.close();
            }
        }
        return 0;
    }

    private Repository init(Storage storage, Secret password, InitOptions options) {
        storage.create();
        if (storage.size(ObjectKey.CONFIG) >= 0) {
            // Wrappers look for these words: to them it is no failure.
            throw new FatalException(
                    "create repository at %s failed: config file already exists".formatted(global.location()));
        }
        return Repository.init(
                storage,
                password,
                options,
                global.context().random().get(),
                global.context().clock());
    }

    /// @return null to draw one
    private @Nullable Polynomial polynomial() {
        if (!copyChunker) {
            if (from.isGiven()) {
                throw new FatalException(
                        "Secondary repository must only be specified when copying the chunker parameters");
            }
            return null;
        }
        try (Repository other = from.open(global)) {
            return other.config().polynomial();
        }
    }

    private int formatVersion() {
        return switch (version) {
            case "1" -> 1;
            case "2", "latest", "stable", "" -> 2;
            default ->
                throw new FatalException(
                        "invalid repository version \"%s\", expected 1, 2, latest or stable".formatted(version));
        };
    }

    private void report(String id, String location) {
        if (global.json()) {
            global.output()
                    .json(new GoJsonWriter()
                            .raw("{\"message_type\":\"initialized\",\"id\":")
                            .string(id)
                            .raw(",\"repository\":")
                            .string(global.location())
                            .raw('}'));
            return;
        }
        global.output().info("created restic repository %s at %s".formatted(id.substring(0, 10), location));
        if (copyChunker) {
            global.output().info(" with chunker parameters copied from secondary repository");
        }
        global.output().info("");
        global.output()
                .info("Please note that knowledge of your password is required to access\n"
                        + "the repository. Losing your password means that your data is\nirrecoverably lost.");
    }
}
