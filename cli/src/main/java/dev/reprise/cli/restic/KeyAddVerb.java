package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.lock.RepositoryLock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "add", description = "Add a password.")
final class KeyAddVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final NewKeyFlags key;

    KeyAddVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.key = new NewKeyFlags(context);
    }

    @Override
    public Integer call() {
        try (ResticRepository opened = global.open(RepositoryLock.Kind.SHARED, false);
                Secret password = key.password()) {
            ObjectId id =
                    opened.repository().keyring().add(password, ScryptParameters.DEFAULT, key.now(), key.creator());
            global.output().info("saved new key with ID " + id.hex());
        }
        return 0;
    }
}
