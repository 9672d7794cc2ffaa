package dev.reprise.repository.key;

import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.Scrypt;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.JsonMembers;
import dev.reprise.repository.model.ProcessIdentity;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// One key file: how to turn a password into a user key, and the master key sealed under it. Plain JSON.
final class KeyFile {
    static final int SALT_BYTES = 64;
    private static final String KDF = "scrypt";

    /// What Go reads when there is no time.
    private static final String NO_TIME = "0001-01-01T00:00:00Z";

    private final ScryptParameters costs;
    private final byte[] salt;
    private final byte[] data;
    private final JsonMembers members;

    private KeyFile(JsonMembers members, ScryptParameters costs, byte[] salt, byte[] data) {
        this.costs = costs;
        this.salt = salt;
        this.data = data;
        this.members = members;
    }

    /// @throws IllegalArgumentException saying what is wrong with it
    static KeyFile parse(byte[] json) {
        if (json.length == 0) {
            throw new IllegalArgumentException("it is empty");
        }
        JsonMembers members = JsonMembers.parse(json);
        String kdf = members.text("kdf", "");
        if (!kdf.equals(KDF)) {
            throw new IllegalArgumentException("its key derivation is \"" + kdf + "\", not \"scrypt\"");
        }
        ScryptParameters costs = new ScryptParameters(count(members, "N"), count(members, "r"), count(members, "p"));
        byte[] salt = base64(members, "salt");
        if (salt.length != SALT_BYTES) {
            throw new IllegalArgumentException("its salt has " + salt.length + " bytes, not 64");
        }
        byte[] data = base64(members, "data");
        if (data.length < Sealer.OVERHEAD) {
            throw new IllegalArgumentException("its sealed part has " + data.length + " bytes, fewer than 32");
        }
        return new KeyFile(members, costs, salt, data);
    }

    ScryptParameters costs() {
        return costs;
    }

    /// Empty if the file does not say. Not looked at before it is asked for: a key opens without it.
    ///
    /// @throws IllegalArgumentException if it is no text
    String username() {
        return members.text("username", "");
    }

    /// As [#username].
    String hostname() {
        return members.text("hostname", "");
    }

    /// The year 1 if the file does not say.
    ///
    /// @throws IllegalArgumentException if it is no time
    GoTime created() {
        return GoTime.parse(members.text("created", NO_TIME));
    }

    /// @return null if the password is not this key's
    /// @throws IllegalArgumentException if the password fits but no master key is inside
    @Nullable
    KeySet open(byte[] password, SecureRandom random) {
        byte[] derived = Scrypt.derive(password, salt, costs, KeySet.BYTES);
        try (KeySet user = KeySet.of(derived)) {
            byte[] master = new Sealer(user, random).open(data);
            try {
                return master(master);
            } finally {
                Arrays.fill(master, (byte) 0);
            }
        } catch (ForgedException otherPassword) {
            return null;
        } finally {
            Arrays.fill(derived, (byte) 0);
        }
    }

    /// No cause and no text of the document in the messages: it is the secret.
    private static KeySet master(byte[] json) {
        byte[] joined = new byte[KeySet.BYTES];
        try {
            JsonMembers members = JsonMembers.parse(json);
            JsonMembers mac = members.object("mac");
            if (mac == null || base64(members, "encrypt").length != 32) {
                throw new IllegalArgumentException();
            }
            System.arraycopy(base64(members, "encrypt"), 0, joined, 0, 32);
            System.arraycopy(base64(mac, "k"), 0, joined, 32, 16);
            System.arraycopy(base64(mac, "r"), 0, joined, 48, 16);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            Arrays.fill(joined, (byte) 0);
        }
        KeySet master = KeySet.of(joined);
        Arrays.fill(joined, (byte) 0);
        if (!master.isUsable()) {
            throw new IllegalArgumentException("the password fits, but there is no usable master key inside");
        }
        return master;
    }

    /// The bytes of a new key file.
    static byte[] create(
            KeySet master,
            byte[] password,
            ScryptParameters costs,
            GoTime created,
            ProcessIdentity creator,
            SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] derived = Scrypt.derive(password, salt, costs, KeySet.BYTES);
        byte[] plain = masterJson(master);
        try (KeySet user = KeySet.of(derived)) {
            byte[] data = new Sealer(user, random).seal(plain);
            return json(costs, created, creator, salt, data);
        } finally {
            Arrays.fill(derived, (byte) 0);
            Arrays.fill(plain, (byte) 0);
        }
    }

    static byte[] masterJson(KeySet master) {
        return new GoJsonWriter()
                .raw("{\"mac\":{\"k\":")
                .base64(master.macK())
                .raw(",\"r\":")
                .base64(master.macR())
                .raw("},\"encrypt\":")
                .base64(master.encrypt())
                .raw('}')
                .toByteArray();
    }

    private static byte[] json(
            ScryptParameters costs, GoTime created, ProcessIdentity creator, byte[] salt, byte[] data) {
        return new GoJsonWriter()
                .raw("{\"created\":")
                .time(created)
                .raw(",\"username\":")
                .string(creator.username())
                .raw(",\"hostname\":")
                .string(creator.hostname())
                .raw(",\"kdf\":\"scrypt\",\"N\":")
                .number(costs.n())
                .raw(",\"r\":")
                .number(costs.r())
                .raw(",\"p\":")
                .number(costs.p())
                .raw(",\"salt\":")
                .base64(salt)
                .raw(",\"data\":")
                .base64(data)
                .raw('}')
                .toByteArray();
    }

    private static int count(JsonMembers members, String name) {
        long value = members.number(name, 0);
        if (value != (int) value) {
            throw new IllegalArgumentException("its scrypt cost " + name + " is out of range: " + value);
        }
        return (int) value;
    }

    private static byte[] base64(JsonMembers members, String name) {
        String text = members.text(name, "");
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its member \"" + name + "\" is not base64", e);
        }
    }
}
