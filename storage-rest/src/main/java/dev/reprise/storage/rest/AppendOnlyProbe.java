package dev.reprise.storage.rest;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.immutability.AppendOnly;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.AttackVerdict.Answer;
import dev.reprise.storage.immutability.AttackVerdict.Attempt;
import dev.reprise.storage.immutability.AttackVerdict.Effect;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// Asks a server to delete and to overwrite. Nothing but the object given can be harmed: all else
/// that is asked for has a name of 256 random bits.
final class AppendOnlyProbe implements AppendOnly {
    /// What restic never deletes on a server that only adds. `config` has one name only and is
    /// left alone.
    private static final List<ObjectType> KEPT =
            List.of(ObjectType.PACK, ObjectType.SNAPSHOT, ObjectType.INDEX, ObjectType.KEY);

    /// Not allowed, no such method, not implemented: rclone and others use the latter.
    private static final Set<Integer> REFUSALS = Set.of(401, 403, 405, 501);

    private final Asking server;
    private final SecureRandom random;

    AppendOnlyProbe(Asking server, SecureRandom random) {
        this.server = server;
        this.random = random;
    }

    /// The requests of a probe. Each throws if the server does not answer or is in trouble.
    interface Asking {
        /// @return the status
        int delete(ObjectKey key);

        /// @return the status
        int post(ObjectKey key, byte[] content);

        /// @return whether it is there with these bytes
        boolean holds(ObjectKey key, byte[] content);

        byte[] read(ObjectKey key);
    }

    @Override
    public AttackVerdict attack(ObjectKey probe) {
        byte[] content = server.read(probe);
        List<Attempt> attempts = new ArrayList<>();
        attempts.add(attempt("delete it", server.delete(probe), server.holds(probe, content)));
        if (attempts.getLast().effect() != Effect.DONE) {
            byte[] other = Arrays.copyOf(content, content.length + 1);
            attempts.add(attempt("overwrite it", server.post(probe, other), server.holds(probe, content)));
        }
        for (ObjectType type : KEPT) {
            int status = server.delete(new ObjectKey(type, name()));
            // A server that looks for the object would delete one that is there.
            attempts.add(attempt("delete from " + type.folder() + "/", status, REFUSALS.contains(status)));
        }
        boolean kept = attempts.stream().noneMatch(attempt -> attempt.effect() == Effect.DONE);
        return new AttackVerdict(kept ? Answer.KEPT : Answer.OPEN, attempts, "probed with " + probe);
    }

    private static Attempt attempt(String what, int status, boolean unharmed) {
        boolean yes = status >= 200 && status < 300;
        Effect effect = !unharmed ? Effect.DONE : yes ? Effect.SURVIVED : Effect.REFUSED;
        return new Attempt(what, effect, "answered " + status);
    }

    private String name() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
