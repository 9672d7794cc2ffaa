package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.lock.RepositoryLock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "passwd", description = "Change the password: add a new one, then remove the one in use.")
final class KeyPasswdVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final NewKeyFlags key;

    KeyPasswdVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.key = new NewKeyFlags(context);
    }

    @Override
    public Integer call() {
        try (ResticRepository opened = global.open(RepositoryLock.Kind.EXCLUSIVE, false);
                Secret password = key.password()) {
            opened.held().ensureHeld();
            ObjectId id = opened.repository()
                    .keyring()
                    .replaceCurrent(password, ScryptParameters.DEFAULT, key.now(), key.creator());
            global.output().info("saved new key as " + id.hex());
        }
        return 0;
    }
}
