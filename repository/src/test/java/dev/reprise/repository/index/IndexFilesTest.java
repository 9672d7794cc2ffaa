package dev.reprise.repository.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.testing.PlainObjects;
import dev.reprise.repository.testing.TestStorage;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Index files")
class IndexFilesTest {
    private static final ObjectId PACK_A = ObjectId.parse("aa".repeat(32));
    private static final ObjectId PACK_B = ObjectId.parse("bb".repeat(32));
    private static final ObjectId ONE = ObjectId.parse("11".repeat(32));
    private static final ObjectId TWO = ObjectId.parse("22".repeat(32));

    private final TestStorage storage = new TestStorage();
    private final PlainObjects objects = new PlainObjects(storage);
    private final Map<ObjectId, RuntimeException> damaged = new TreeMap<>();

    @Test
    void are_read_as_restic_wrote_them() {
        file(("{'packs':[{'id':'%s','blobs':["
                        + "{'id':'%s','type':'data','offset':0,'length':64,'uncompressed_length':23},"
                        + "{'id':'%s','type':'tree','offset':64,'length':85}]}]}\n")
                .formatted(PACK_A, ONE, TWO));

        BlobIndex index = load();

        assertThat(index.size()).isEqualTo(2);
        assertThat(index.find(BlobHandle.data(ONE)))
                .containsExactly(new BlobLocation(BlobHandle.data(ONE), PACK_A, 0, 64, 23, true));
        assertThat(index.find(BlobHandle.tree(TWO)))
                .containsExactly(new BlobLocation(BlobHandle.tree(TWO), PACK_A, 64, 85, 53, false));
        assertThat(index.plainLength(BlobHandle.data(ONE))).isEqualTo(23);
        assertThat(index.contains(BlobHandle.tree(ONE))).isFalse();
        assertThat(index.find(BlobHandle.data(TWO))).isEmpty();
        assertThat(index.plainLength(BlobHandle.data(PACK_A))).isEqualTo(-1);
        assertThat(damaged).isEmpty();
    }

    @Test
    void of_an_empty_repository_give_an_empty_index() {
        BlobIndex index = load();

        assertThat(index.size()).isZero();
        assertThat(index.contains(BlobHandle.data(ONE))).isFalse();
        assertThat(packs(index)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'packs':null}\n", "{'packs':[]}", "{}", "{'packs':[{'id':'%s','blobs':null}]}"})
    void without_blobs_are_valid(String document) {
        file(document.formatted(PACK_A));

        assertThat(load().size()).isZero();
        assertThat(damaged).isEmpty();
    }

    @Test
    void of_other_programs_keep_their_extra_members_to_themselves() {
        file("{'supersedes':['%s'],'packs_to_delete':[%s],'x':{'y':[1,{'z':null}]},'packs':[%s]}"
                .formatted(
                        ONE,
                        pack(PACK_B, data(TWO, 0, 50)),
                        pack(PACK_A, data(ONE, 0, 50))
                                .replace("'blobs'", "'time':'2026-01-01T00:00:00Z','size':7,'blobs'")));

        BlobIndex index = load();

        assertThat(packs(index)).containsExactly("aaaaaaaa: data 11111111 0+50");
        assertThat(index.contains(BlobHandle.data(TWO))).isFalse();
        assertThat(damaged).isEmpty();
    }

    @Test
    void of_rustic_say_null_of_a_blob_that_is_not_compressed() {
        file(document(pack(PACK_A, data(ONE, 0, 50).replace("}", ",'uncompressed_length':null}"))));

        assertThat(packs(load())).containsExactly("aaaaaaaa: data 11111111 0+50");
        assertThat(damaged).isEmpty();
    }

    @Test
    void take_members_in_any_order_and_ids_after_blobs() {
        file("{'packs':[{'blobs':[{'length':50,'offset':0,'type':'data','id':'%s'}],'id':'%s'}]}"
                .formatted(ONE, PACK_A));

        assertThat(packs(load())).containsExactly("aaaaaaaa: data 11111111 0+50");
    }

    @Test
    void report_entries_in_the_order_of_their_offsets() {
        file(document(pack(PACK_A, data(TWO, 50, 40), data(ONE, 0, 50))));

        assertThat(packs(load())).containsExactly("aaaaaaaa: data 11111111 0+50 data 22222222 50+40");
    }

    @Test
    void that_repeat_each_other_count_once() {
        String same = pack(PACK_A, data(ONE, 0, 50), data(ONE, 0, 50));
        file(document(same));
        file(document(same) + " ");

        assertThat(packs(load())).containsExactly("aaaaaaaa: data 11111111 0+50");
        assertThat(damaged).isEmpty();
    }

    @Test
    void give_every_copy_of_a_blob() {
        file(document(pack(PACK_A, data(ONE, 0, 50)), pack(PACK_B, data(TWO, 0, 40), data(ONE, 40, 44))));

        BlobIndex index = load();

        assertThat(index.find(BlobHandle.data(ONE)))
                .extracting(BlobLocation::pack)
                .containsExactlyInAnyOrder(PACK_A, PACK_B);
        assertThat(index.size()).isEqualTo(3);
    }

    @Test
    void that_describe_a_pack_differently_are_named_and_give_all_candidates() {
        file(document(pack(PACK_A, data(ONE, 0, 50))));
        file(document(pack(PACK_A, data(ONE, 10, 50), data(TWO, 60, 50))));

        BlobIndex index = load();

        assertThat(damaged).hasSize(1);
        assertThat(damaged.values().iterator().next())
                .hasMessageContaining("describes pack " + PACK_A.hex() + " differently");
        assertThat(packs(index))
                .containsExactly("aaaaaaaa: data 11111111 0+50 data 11111111 10+50 data 22222222 60+50");
        assertThat(index.find(BlobHandle.data(ONE))).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{'packs':{}}",
                "{'packs':[1]}",
                "{'packs':[{'blobs':[]}]}",
                "{'packs':[{'id':'PACK','blobs':[{}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','type':'data','offset':0}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','type':'data','length':50}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'type':'data','offset':0,'length':50}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','offset':0,'length':50}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','type':'DATA','offset':0,'length':50}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','type':'data','offset':-1,'length':50}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','type':'data','offset':0,'length':31}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','type':'data','offset':0,'length':2147483648}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','type':'data','offset':4294967295,'length':50}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','type':'data','offset':4294967296,'length':50}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','type':'data','offset':1.5,'length':50}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'ONE','type':'data','offset':'0','length':50}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':'11','type':'data','offset':0,'length':50}]}]}",
                "{'packs':[{'id':'PACK','blobs':[{'id':7,'type':'data','offset':0,'length':50}]}]}",
                "{'packs':[{'id':'PACKAA','blobs':[]}]}",
                "{'packs':[{'id':'0000000000000000000000000000000000000000000000000000000000000000','blobs':[]}]}",
                "{'packs':[{'id':'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA','blobs':[]}]}",
                "{'packs':[]} x",
                "{'packs':[]}{'packs':[]}",
                "{'packs':[",
                "{'x':[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"
            })
    void that_do_not_follow_the_format_are_named_and_count_for_nothing(String document) {
        file(document(pack(PACK_B, data(TWO, 0, 50))));
        ObjectId bad = file(document.replace("PACK", PACK_A.hex()).replace("ONE", ONE.hex()));

        assertThat(packs(load())).containsExactly("bbbbbbbb: data 22222222 0+50");
        assertThat(damaged).containsOnlyKeys(bad);
        assertThat(damaged.get(bad))
                .isInstanceOf(RepositoryException.class)
                .hasMessageStartingWith("index file " + bad.hex() + " is damaged: ");
    }

    @Test
    void of_version_1_may_not_speak_of_compression() {
        ObjectId bad = file(
                "{'packs':[{'id':'%s','blobs':[{'id':'%s','type':'data','offset':0,'length':64,'uncompressed_length':23}]}]}"
                        .formatted(PACK_A, ONE));

        BlobIndex index = IndexFiles.load(objects, storage, 1, damaged::put);

        assertThat(index.size()).isZero();
        assertThat(damaged.get(bad)).hasMessageContaining("uncompressed_length in a repository of version 1");
    }

    @Test
    void take_an_uncompressed_length_of_zero_as_absent() {
        file(
                "{'packs':[{'id':'%s','blobs':[{'id':'%s','type':'data','offset':0,'length':64,'uncompressed_length':0}]}]}"
                        .formatted(PACK_A, ONE));

        assertThat(load().find(BlobHandle.data(ONE)))
                .containsExactly(new BlobLocation(BlobHandle.data(ONE), PACK_A, 0, 64, 32, false));
    }

    @Test
    void with_flipped_bits_are_named() {
        ObjectId bad = file(document(pack(PACK_A, data(ONE, 0, 50))));
        byte[] bytes = storage.bytes(ObjectKey.of(ObjectType.INDEX, bad));
        bytes[bytes.length - 20] ^= 1;

        assertThat(load().size()).isZero();
        assertThat(damaged).containsOnlyKeys(bad);
    }

    @Test
    void that_cannot_be_reached_are_no_damage_but_end_the_loading() {
        for (int i = 0; i < 20; i++) {
            file(document(pack(PACK_A, data(ONE, 0, 50))) + " ".repeat(i));
        }
        storage.hook((operation, type) -> {
            if (operation == TestStorage.Operation.READ && storage.reads() >= 7) {
                throw TestStorage.failure(Kind.UNREACHABLE, "the network is down");
            }
        });

        assertThatThrownBy(this::load).isInstanceOf(StorageException.class).hasMessage("the network is down");
        assertThat(damaged).isEmpty();
    }

    @Test
    void are_written_as_restic_writes_them() {
        var index = MergedIndex.empty();
        var first = new PackEntries();
        first.add(BlobType.DATA, ONE, 0, 64, 23);
        first.add(BlobType.TREE, TWO, 64, 85, 0);
        var second = new PackEntries();
        second.add(BlobType.DATA, TWO, 4_000_000_000L, 33, 0);
        List<Integer> packs = List.of(index.add(PACK_A, first), index.add(PACK_B, second));

        ObjectId saved = new IndexWriter(objects, index).save(packs);

        String expected = ("{'packs':[{'id':'%s','blobs':["
                        + "{'id':'%s','type':'data','offset':0,'length':64,'uncompressed_length':23},"
                        + "{'id':'%s','type':'tree','offset':64,'length':85}]},"
                        + "{'id':'%s','blobs':[{'id':'%s','type':'data','offset':4000000000,'length':33}]}]}\n")
                .formatted(PACK_A, ONE, TWO, PACK_B, TWO)
                .replace('\'', '"');
        assertThat(new String(objects.load(ObjectType.INDEX, saved), StandardCharsets.US_ASCII))
                .isEqualTo(expected);
        assertThat(packs(load())).isEqualTo(packs(index));
    }

    @Test
    void grow_large_and_many() {
        var written = MergedIndex.empty();
        for (int file = 0; file < 12; file++) {
            List<Integer> packs = new ArrayList<>();
            for (int pack = 0; pack < 20; pack++) {
                var entries = new PackEntries();
                for (int blob = 0; blob < 100; blob++) {
                    entries.add(BlobType.DATA, id("blob", file, pack, blob), blob * 1000L, 1000, 0);
                }
                packs.add(written.add(id("pack", file, pack, 0), entries));
            }
            new IndexWriter(objects, written).save(packs);
        }

        BlobIndex index = load();

        assertThat(index.size()).isEqualTo(24_000);
        assertThat(index.find(BlobHandle.data(id("blob", 11, 19, 99))))
                .containsExactly(new BlobLocation(
                        BlobHandle.data(id("blob", 11, 19, 99)), id("pack", 11, 19, 0), 99_000, 1000, 968, false));
        assertThat(packs(index)).containsExactlyInAnyOrderElementsOf(packs(written));
    }

    private static ObjectId id(String what, int a, int b, int c) {
        return ObjectId.hash((what + " " + a + " " + b + " " + c).getBytes(StandardCharsets.US_ASCII));
    }

    private BlobIndex load() {
        return IndexFiles.load(objects, storage, 2, damaged::put);
    }

    /// Documents are written with ' for readability.
    private ObjectId file(String document) {
        return objects.save(ObjectType.INDEX, document.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static String document(String... packs) {
        return "{'packs':[" + String.join(",", packs) + "]}";
    }

    private static String pack(ObjectId id, String... blobs) {
        return "{'id':'" + id + "','blobs':[" + String.join(",", blobs) + "]}";
    }

    private static String data(ObjectId id, int offset, int length) {
        return "{'id':'%s','type':'data','offset':%d,'length':%d}".formatted(id, offset, length);
    }

    private static List<String> packs(BlobIndex index) {
        List<String> packs = new ArrayList<>();
        index.forEachPack(content -> {
            var line = new StringBuilder(content.pack().shortHex()).append(':');
            content.blobs()
                    .forEach(blob -> line.append(" %s %s %d+%d"
                            .formatted(
                                    blob.handle().type().word(),
                                    blob.handle().id().shortHex(),
                                    blob.offset(),
                                    blob.length())));
            packs.add(line.toString());
        });
        return packs;
    }
}
