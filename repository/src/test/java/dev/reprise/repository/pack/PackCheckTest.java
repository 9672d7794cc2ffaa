package dev.reprise.repository.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.testing.TestStorage;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A pack check")
class PackCheckTest {
    private final PackFixture repository = new PackFixture(2);
    private ObjectId pack = ObjectId.NULL;
    private List<BlobLocation> indexed = List.of();
    private byte[] bytes = {};

    /// One raw and two compressed blobs.
    @BeforeEach
    void store() {
        repository.saveAll(BlobType.DATA, PackFixture.randomBytes(new Random(1), 40), new byte[300], new byte[500]);
        PackContent content = repository.packs().getFirst();
        pack = content.pack();
        indexed = content.blobs();
        bytes = repository.packBytes(pack).clone();
    }

    @Test
    void finds_nothing_wrong_with_a_good_pack() {
        assertThat(repository.check(pack, indexed)).isEmpty();
    }

    @Test
    void names_every_single_flipped_bit() {
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            repository.replacePack(pack, damaged);

            List<String> defects = repository.check(pack, indexed);

            assertThat(defects)
                    .as("bit %d", bit)
                    .hasSize(2)
                    .allSatisfy(defect -> assertThat(defect).contains("pack " + pack.hex()));
            assertThat(defects.getFirst()).as("bit %d", bit).contains(where(bit / 8));
            assertThat(defects.getLast()).as("bit %d", bit).contains("SHA-256");
        }
    }

    private String where(int at) {
        for (BlobLocation blob : indexed) {
            if (at >= blob.offset() && at < blob.offset() + blob.length()) {
                return blob.handle().toString();
            }
        }
        return at < bytes.length - 4 ? "its header is damaged" : "header";
    }

    @Test
    void names_every_truncation() {
        for (int length = 0; length < bytes.length; length++) {
            repository.replacePack(pack, Arrays.copyOf(bytes, length));

            assertThat(repository.check(pack, indexed)).as("%d bytes", length).hasSize(2);
        }
        BlobLocation last = indexed.getLast();
        repository.replacePack(pack, Arrays.copyOf(bytes, (int) last.offset() + 7));
        assertThat(repository.check(pack, indexed))
                .contains("pack %s is damaged: it ends after %d bytes, before the end of %s"
                        .formatted(pack, last.offset() + 7, last.handle()));
    }

    @Test
    void names_bytes_that_were_appended_or_put_in_between() {
        byte[] appended = Arrays.copyOf(bytes, bytes.length + 1);
        repository.replacePack(pack, appended);
        assertThat(repository.check(pack, indexed)).hasSize(2);

        repository.replacePack(pack, Arrays.copyOf(bytes, 40_000_000));
        assertThat(repository.check(pack, indexed))
                .hasSize(2)
                .first()
                .asString()
                .contains("follow the last blob");
    }

    @Test
    void names_a_missing_pack() {
        repository.storage.delete(ObjectKey.of(ObjectType.PACK, pack));

        assertThat(repository.check(pack, indexed)).containsExactly("pack " + pack + " is missing");
    }

    @Test
    void names_a_blob_the_index_lacks() {
        assertThat(repository.check(pack, indexed.subList(0, 2)))
                .containsExactly("pack %s is damaged: its header has %s at %d, the index does not"
                        .formatted(pack, indexed.get(2).handle(), indexed.get(2).offset()));
        assertThat(repository.check(pack, indexed.subList(1, 3)))
                .containsExactly(
                        "pack %s is damaged: the index knows nothing of the 72 bytes before %s"
                                .formatted(pack, indexed.get(1).handle()),
                        "pack %s is damaged: its header has %s at 0, the index does not"
                                .formatted(pack, indexed.get(0).handle()));
    }

    @Test
    void names_a_blob_only_the_index_has() {
        BlobLocation second = indexed.get(1);
        BlobHandle other = BlobHandle.data(ObjectId.hash(new byte[] {1}));
        List<BlobLocation> wrong = new ArrayList<>(indexed);
        wrong.set(1, new BlobLocation(other, pack, second.offset(), second.length(), second.plainLength(), true));

        assertThat(repository.check(pack, wrong))
                .containsExactly(
                        "%s in pack %s is damaged: its content has the hash %s"
                                .formatted(other, pack, second.handle().id()),
                        "pack %s is damaged: its header has %s at %d, the index does not"
                                .formatted(pack, second.handle(), second.offset()),
                        "pack %s is damaged: the index has %s at %d, its header does not"
                                .formatted(pack, other, second.offset()));
    }

    @Test
    void names_wrong_lengths_and_overlaps_in_the_index() {
        BlobLocation first = indexed.getFirst();
        BlobLocation second = indexed.get(1);
        List<BlobLocation> wrong = new ArrayList<>(indexed);
        wrong.set(1, new BlobLocation(second.handle(), pack, second.offset(), second.length(), 301, true));
        assertThat(repository.check(pack, wrong))
                .first()
                .asString()
                .contains("decompresses to 300 bytes instead of 301");
        wrong.set(1, new BlobLocation(second.handle(), pack, second.offset(), second.length(), 299, true));
        assertThat(repository.check(pack, wrong))
                .first()
                .asString()
                .contains("decompresses to 300 bytes instead of 299");

        wrong = new ArrayList<>(indexed);
        wrong.add(1, new BlobLocation(first.handle(), pack, 10, first.length(), first.plainLength(), false));
        assertThat(repository.check(pack, wrong)).first().asString().contains("overlap");
    }

    @Test
    void of_a_pack_made_under_other_keys_names_every_blob_and_the_header() {
        var other = new PackFixture(1);
        other.storage.replace(ObjectKey.of(ObjectType.PACK, pack), bytes);

        assertThat(other.check(pack, indexed)).hasSize(4);
    }

    @Test
    void does_not_take_an_unreachable_storage_for_damage() {
        repository.storage.hook((operation, type) -> {
            throw TestStorage.failure(Kind.UNREACHABLE, "the network is down");
        });

        assertThatThrownBy(() -> repository.check(pack, indexed))
                .isInstanceOf(StorageException.class)
                .hasMessage("the network is down");
    }

    @Test
    void names_a_pack_the_disk_cannot_read() {
        repository.storage.hook((operation, type) -> {
            throw TestStorage.failure(Kind.OTHER, "input/output error");
        });

        assertThat(repository.check(pack, indexed))
                .containsExactly("pack " + pack + " cannot be read: input/output error");
    }
}
