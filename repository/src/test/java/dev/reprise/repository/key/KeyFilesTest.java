package dev.reprise.repository.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Secret;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.Scrypt;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.memory.MemoryStorage;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyFilesTest {
    private static final ScryptParameters CHEAP = new ScryptParameters(2, 1, 1);
    private static final GoTime CREATED = GoTime.parse("2026-01-15T10:00:00.5Z");
    private static final ProcessIdentity CREATOR = new ProcessIdentity("db<1>", "root", 1, 0, 0);
    private static final Secret PASSWORD = Secret.of("pass word");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final FaultyStorage storage = new FaultyStorage(new MemoryStorage(), 1);
    private final KeyFiles keys = new KeyFiles(storage, RANDOM);
    private final byte[] masterBytes = new byte[KeySet.BYTES];
    private final KeySet master;

    KeyFilesTest() {
        RANDOM.nextBytes(masterBytes);
        master = KeySet.of(masterBytes);
    }

    private ObjectId create(String password) {
        return keys.create(master, Secret.of(password), CHEAP, CREATED, CREATOR);
    }

    private ObjectId store(byte[] file) {
        ObjectId id = ObjectId.hash(file);
        storage.write(ObjectKey.of(ObjectType.KEY, id), file);
        return id;
    }

    private byte[] content(ObjectId id) {
        return storage.readAll(ObjectKey.of(ObjectType.KEY, id));
    }

    private static byte[] joined(KeySet set) {
        byte[] bytes = Arrays.copyOf(set.encrypt(), KeySet.BYTES);
        System.arraycopy(set.macK(), 0, bytes, 32, 16);
        System.arraycopy(set.macR(), 0, bytes, 48, 16);
        return bytes;
    }

    private String goodFile() {
        return new String(KeyFile.create(master, PASSWORD.bytes(), CHEAP, CREATED, CREATOR, RANDOM), UTF_8);
    }

    @Test
    void a_key_file_is_written_as_restic_writes_it() {
        assertThat(new String(content(create("pass word")), UTF_8))
                .matches("\\{\"created\":\"2026-01-15T10:00:00\\.5Z\",\"username\":\"root\","
                        + "\"hostname\":\"db\\\\u003c1\\\\u003e\",\"kdf\":\"scrypt\",\"N\":2,\"r\":1,\"p\":1,"
                        + "\"salt\":\"[A-Za-z0-9+/]{86}==\",\"data\":\"[A-Za-z0-9+/]+=*\"}");
    }

    @Test
    void each_password_opens_the_same_master_key() {
        ObjectId one = create("one");
        ObjectId two = create("two");
        for (String password : new String[] {"one", "two"}) {
            KeyFiles.OpenedKey opened = keys.open(Secret.of(password));
            assertThat(opened.id()).isEqualTo(password.equals("one") ? one : two);
            assertThat(joined(opened.master())).isEqualTo(masterBytes);
        }
        assertThat(keys.list()).containsExactlyInAnyOrder(one, two);
    }

    @Test
    void a_wrong_password_says_how_many_keys_it_was_tried_on() {
        create("one");
        create("two");
        assertThatThrownBy(() -> keys.open(Secret.of("three")))
                .isInstanceOfSatisfying(
                        RepriseException.class, e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.WRONG_PASSWORD))
                .hasMessage("the password opens none of the 2 keys of memory:");
    }

    @Test
    void no_more_than_20_keys_are_tried() {
        for (int i = 0; i < 23; i++) {
            create("other " + i);
        }
        assertThatThrownBy(() -> keys.open(Secret.of("three"))).hasMessageContaining("none of the 20 keys");
    }

    @Test
    void a_repository_without_keys_is_damaged() {
        assertThatThrownBy(() -> keys.open(PASSWORD)).hasMessage("repository memory: is damaged: it has no key");
    }

    @Test
    void an_empty_password_makes_no_key() {
        assertThatThrownBy(() -> create("")).hasMessage("an empty password protects nothing");
        assertThat(keys.list()).isEmpty();
    }

    @Test
    void a_repository_keyed_with_the_empty_password_opens() {
        store(KeyFile.create(master, new byte[0], CHEAP, CREATED, CREATOR, RANDOM));
        assertThat(joined(keys.open(Secret.of("")).master())).isEqualTo(masterBytes);
    }

    @Test
    void damaged_keys_do_not_lock_out_one_that_opens() {
        store("".getBytes(UTF_8));
        store("not json".getBytes(UTF_8));
        store(new byte[2 << 20]);
        for (int i = 0; i < 30; i++) {
            store("{\"kdf\":\"scrypt\",\"N\":%d}".formatted(i).getBytes(UTF_8));
        }
        ObjectId good = create("pass word");
        assertThat(keys.open(PASSWORD).id()).isEqualTo(good);
    }

    @Test
    void every_damaged_key_is_named_when_none_opens() {
        ObjectId empty = store(new byte[0]);
        ObjectId text = store("{}".getBytes(UTF_8));
        create("another");
        assertThatThrownBy(() -> keys.open(PASSWORD))
                .isInstanceOfSatisfying(
                        RepriseException.class, e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.FAILED))
                .hasMessageStartingWith("repository memory: is damaged: key ")
                .hasMessageContaining("key " + empty.hex() + ": it is empty")
                .hasMessageContaining("key " + text.hex() + ": its key derivation is \"\", not \"scrypt\"")
                .hasMessageEndingWith("; the password opens no other key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"kdf\":\"scrypt\" | \"kdf\":\"argon2\" | its key derivation is \"argon2\", not \"scrypt\"",
                "\"N\":2 | \"N\":3 | scrypt cannot run with N=3 r=1 p=1",
                "\"N\":2 | \"N\":4294967298 | its scrypt cost N is out of range: 4294967298",
                "\"N\":2 | \"N\":\"2\" | its member \"N\" is not a whole number of 64 bits",
                "\"N\":2 | \"N\":1073741824 | scrypt with N=1073741824 r=1 p=1 needs more than 1 GiB of memory or five minutes",
                "\"p\":1 | \"p\":1073741824 | scrypt with N=2 r=1 p=1073741824 needs more than 1 GiB of memory or five minutes",
                "\"salt\":\" | \"salt\":\"AAAA | its salt has 67 bytes, not 64",
                "\"salt\" | \"SALT\" | its salt has 0 bytes, not 64",
                "\"data\":\" | \"data\":\"!! | its member \"data\" is not base64",
                "\"data\":\" | \"data\":7,\"x\":\" | its member \"data\" is not a string",
                "\"data\" | \"DATA\" | its sealed part has 0 bytes, fewer than 32",
                "{\"created\" | [{\"created\" | it is not a JSON object",
                "\"kdf\" | kdf | it is not valid JSON: ",
            })
    void each_defect_of_a_key_file_is_said(String from, String to, String reason) {
        byte[] changed = goodFile().replace(from, to).getBytes(UTF_8);
        ObjectId id = store(changed);
        assertThatThrownBy(() -> keys.open(PASSWORD)).hasMessageContaining("key " + id.hex() + ": " + reason);
    }

    @Test
    void members_may_be_missing_unknown_or_in_another_order() {
        String file = goodFile();
        String salt = file.replaceAll(".*\"salt\":\"([^\"]*)\".*", "$1");
        String data = file.replaceAll(".*\"data\":\"([^\"]*)\".*", "$1");
        store("{\"data\":\"%s\", \"future\":[{}], \"p\":1,\"r\":1,\"N\":2,\"kdf\":\"scrypt\",\"salt\":\"%s\"}\n"
                .formatted(data, salt)
                .getBytes(UTF_8));
        assertThat(joined(keys.open(PASSWORD).master())).isEqualTo(masterBytes);
    }

    @Test
    void any_flipped_bit_of_a_key_file_is_noticed_and_named() {
        ObjectId id = create("pass word");
        byte[] good = content(id);
        for (int bit = 0; bit < good.length * 8; bit += 3) {
            byte[] changed = good.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            storage.delete(ObjectKey.of(ObjectType.KEY, id));
            storage.write(ObjectKey.of(ObjectType.KEY, id), changed);
            assertThatThrownBy(() -> keys.open(PASSWORD))
                    .as("bit %d", bit)
                    .hasMessage("repository memory: is damaged: key " + id.hex() + ": its " + good.length
                            + " bytes do not hash to its name; the password opens no other key");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{}",
                "top secret text",
                "{\"mac\":{\"k\":\"AA==\",\"r\":\"AA==\"},\"encrypt\":\"AA==\"}",
                "{\"mac\":{\"k\":\"!top secret\",\"r\":\"\"},\"encrypt\":\"top secret!\"}",
                "{\"mac\":{\"k\":\"AAAAAAAAAAAAAAAAAAAAAA==\",\"r\":\"AQAAAAAAAAAAAAAAAAAAAA==\"},"
                        + "\"encrypt\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
            })
    void a_key_that_holds_no_usable_master_key_says_so_without_showing_it(String inside) {
        byte[] salt = new byte[KeyFile.SALT_BYTES];
        KeySet user = KeySet.of(Scrypt.derive(PASSWORD.bytes(), salt, CHEAP, KeySet.BYTES));
        Base64.Encoder base64 = Base64.getEncoder();
        ObjectId id = store("{\"kdf\":\"scrypt\",\"N\":2,\"r\":1,\"p\":1,\"salt\":\"%s\",\"data\":\"%s\"}"
                .formatted(
                        base64.encodeToString(salt),
                        base64.encodeToString(new Sealer(user, RANDOM).seal(inside.getBytes(UTF_8))))
                .getBytes(UTF_8));
        assertThatThrownBy(() -> keys.open(PASSWORD))
                .hasMessage("repository memory: is damaged: key " + id.hex() + ": the password fits, but there is no"
                        + " usable master key inside; the password opens no other key")
                .hasStackTraceContaining("KeyFiles")
                .satisfies(e -> assertThat(String.valueOf(e.getCause())).doesNotContain("secret"));
    }

    @Test
    void a_key_removed_between_listing_and_reading_is_passed_over() {
        create("another");
        ObjectId good = create("pass word");
        storage.on(Operation.READ).nth(1).fail(StorageException.Kind.NOT_FOUND);
        if (keys.list().getFirst().equals(good)) {
            assertThatThrownBy(() -> keys.open(PASSWORD)).hasMessageContaining("none of the 1 keys");
        } else {
            assertThat(keys.open(PASSWORD).id()).isEqualTo(good);
        }
    }

    @Test
    void a_storage_that_does_not_answer_is_not_a_wrong_password() {
        create("pass word");
        storage.on(Operation.READ).fail(StorageException.Kind.UNREACHABLE);
        assertThatThrownBy(() -> keys.open(PASSWORD)).isInstanceOf(StorageException.class);
    }

    @Test
    void random_bytes_are_a_key_file_or_refused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            byte[] changed = goodBytes(random);
            try {
                assertThat(KeyFile.parse(changed).costs().n()).isGreaterThan(1);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as("seed %d", seed).message().isNotBlank();
            }
        }
    }

    private byte[] goodBytes(Random random) {
        if (random.nextInt(10) == 0) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] changed = Arrays.copyOf(GOOD, random.nextInt(4) == 0 ? random.nextInt(GOOD.length) : GOOD.length);
        for (int changes = random.nextInt(1, 6); changes > 0 && changed.length > 0; changes--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        return changed;
    }

    private static final byte[] GOOD = new KeyFilesTest().goodFile().getBytes(UTF_8);
}
