package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.key.Keyring;
import dev.reprise.repository.lock.RepositoryLock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "remove", description = "Remove a password.")
final class KeyRemoveVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Parameters(arity = "0..*", paramLabel = "key", description = "Id of the key, or its start.")
    private List<String> ids = new ArrayList<>();

    KeyRemoveVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        if (ids.size() != 1) {
            throw new FatalException("key remove expects one argument as the key id");
        }
        try (ResticRepository opened = global.open(RepositoryLock.Kind.EXCLUSIVE, false)) {
            Keyring keyring = opened.repository().keyring();
            ObjectId id = keyring.find(ids.getFirst());
            opened.held().ensureHeld();
            keyring.remove(id);
            global.output().info("removed key " + id.hex());
        }
        return 0;
    }
}
