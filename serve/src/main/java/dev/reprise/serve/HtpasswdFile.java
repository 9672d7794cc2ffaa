package dev.reprise.serve;

import dev.reprise.base.ExitStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Users and passwords from a file of `user:hash` lines, as Apache's `htpasswd -B` (bcrypt) and `htpasswd -s` (SHA-1)
/// write it. Read again when it has changed; a file that cannot be read then leaves everything as it was. Safe for many
/// threads.
final class HtpasswdFile implements Accounts {
    private static final long MOST_BYTES = 8 << 20;
    private static final int MOST_REMEMBERED = 10_000;
    private static final long NANOS = 1_000_000_000L;
    /// How often to look whether the file has changed.
    private static final long LOOK = NANOS;

    /// How long a password that was right need not be checked again, as in rest-server.
    private static final long REMEMBER = 60 * NANOS;

    /// Of nobody; checked for users that do not exist, so that time does not tell who does.
    private static final String NOBODY = "$2y$10$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";

    private final Path file;
    private final LongSupplier nanoTime;
    private final Consumer<String> log;
    private final byte[] secret = new byte[32];
    private final ConcurrentHashMap<String, Remembered> remembered = new ConcurrentHashMap<>();
    /// Checking costs a core; half of them stay free for the work.
    private final Semaphore cores =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

    private final ConcurrentHashMap<String, Turn> turns = new ConcurrentHashMap<>();
    private volatile Content content;
    private volatile long looked;

    private record Content(
            Map<String, String> users, @Nullable FileTime changed, long size) {}

    private record Remembered(byte[] proof, long until) {}

    /// One check at a time for each client.
    private static final class Turn {
        private final Semaphore free = new Semaphore(1, true);
        private int waiting;
    }

    /// @param nanoTime as [System#nanoTime]
    /// @param log      told of what is wrong with the file, never of hashes
    /// @throws ServeException if the file cannot be read, or has no user
    HtpasswdFile(Path file, SecureRandom random, LongSupplier nanoTime, Consumer<String> log) {
        this.file = file;
        this.nanoTime = nanoTime;
        this.log = log;
        random.nextBytes(secret);
        this.looked = nanoTime.getAsLong();
        try {
            this.content = read();
        } catch (IOException e) {
            throw new ServeException(
                    ExitStatus.BAD_CONFIGURATION,
                    "cannot load the users of " + file + ": " + ServeException.reason(e),
                    "make it with: htpasswd -B -c " + file + " USER, or leave users out with --no-auth",
                    e);
        }
    }

    private Content read() throws IOException {
        long size = Files.size(file);
        FileTime changed = Files.getLastModifiedTime(file);
        if (size > MOST_BYTES) {
            throw new IOException("longer than " + MOST_BYTES + " bytes");
        }
        Map<String, String> users = new HashMap<>();
        for (String line : Files.readString(file, StandardCharsets.UTF_8).split("\\R", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0 && !line.startsWith("#")) {
                add(users, line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        return new Content(users, changed, size);
    }

    private void add(Map<String, String> users, String user, String hash) {
        if (!user.matches("[\\p{L}\\p{Nd}@._-]+") || user.startsWith(".")) {
            log.accept("user " + printable(user) + " of " + file.getFileName()
                    + " is left out: a name has letters, digits, @ . _ - and begins with no dot");
        } else if (Bcrypt.isHash(hash) || hash.startsWith("{SHA}")) {
            users.put(user, hash);
        } else {
            String kind = hash.startsWith("$apr1$") ? "MD5" : "neither bcrypt nor SHA";
            log.accept("user " + user + " of " + file.getFileName() + " is locked out: its password is " + kind
                    + ", set it anew with htpasswd -B");
        }
    }

    private static String printable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    @Override
    public boolean accepts(String user, String password, String client) throws InterruptedException {
        refresh();
        Content now = content;
        String hash = now.users.get(user);
        byte[] proof = proof(user, password, hash);
        Remembered known = remembered.get(user);
        if (hash != null
                && known != null
                && nanoTime.getAsLong() - known.until < 0
                && MessageDigest.isEqual(known.proof, proof)) {
            remember(user, proof);
            return true;
        }
        boolean right = inTurn(client, hash == null ? NOBODY : hash, password) && hash != null;
        if (right) {
            remember(user, proof);
        }
        return right;
    }

    private void remember(String user, byte[] proof) {
        if (remembered.size() >= MOST_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(user, new Remembered(proof, nanoTime.getAsLong() + REMEMBER));
    }

    /// Of the hash too: after the file has changed no old proof holds.
    private byte[] proof(String user, String password, @Nullable String hash) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update((user + '\0' + hash + '\0' + password).getBytes(StandardCharsets.UTF_8));
            return mac.doFinal();
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }

    private boolean inTurn(String client, String hash, String password) throws InterruptedException {
        Turn turn = turns.compute(client, (_, old) -> {
            Turn mine = old == null ? new Turn() : old;
            mine.waiting++;
            return mine;
        });
        try {
            turn.free.acquire();
            try {
                return check(hash, password);
            } finally {
                turn.free.release();
            }
        } finally {
            turns.computeIfPresent(client, (_, old) -> --old.waiting == 0 ? null : old);
        }
    }

    private boolean check(String hash, String password) throws InterruptedException {
        cores.acquire();
        try {
            return hash.startsWith("{SHA}") ? sha(hash, password) : Bcrypt.matches(hash, password);
        } finally {
            cores.release();
        }
    }

    private static boolean sha(String hash, String password) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(password.getBytes(StandardCharsets.UTF_8));
            byte[] expected = hash.substring("{SHA}".length()).getBytes(StandardCharsets.UTF_8);
            return MessageDigest.isEqual(expected, Base64.getEncoder().encode(digest));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /// Looks once a second.
    private void refresh() {
        long now = nanoTime.getAsLong();
        if (now - looked < LOOK) {
            return;
        }
        synchronized (this) {
            if (now - looked < LOOK) {
                return;
            }
            looked = now;
            try {
                if (!Files.getLastModifiedTime(file).equals(content.changed) || Files.size(file) != content.size) {
                    content = read();
                    remembered.clear();
                    log.accept("users read again from " + file.getFileName());
                }
            } catch (IOException e) {
                log.accept("users could not be read again: " + ServeException.reason(e));
            }
        }
    }
}
