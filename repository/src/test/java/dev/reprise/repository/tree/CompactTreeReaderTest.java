package dev.reprise.repository.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node.ExtendedAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The judge is [TreeReader], which reads any JSON.
class CompactTreeReaderTest {
    private static final long SEED = 20_261_121;
    private static final String ID = "6251e5743b6fd6a7d606130bdf7c15077ce85ebd3a0fdee284d15a46df199e38";
    private static final List<NodeType> TYPES = List.of(NodeType.values());

    @Test
    void what_is_written_for_usual_names_is_read_without_the_other() throws TreeFormatException {
        for (long seed = SEED; seed < SEED + 300; seed++) {
            List<Node> nodes = usualTree(new Random(seed));
            byte[] tree = TreeCodec.encode(nodes);
            assertThat(CompactTreeReader.read(tree)).as("seed %d", seed).isEqualTo(nodes);
            assertThat(TreeReader.read(tree)).as("seed %d", seed).isEqualTo(nodes);
        }
    }

    @Test
    void any_tree_is_read_as_the_other_does_or_left_to_it() throws TreeFormatException {
        int taken = 0;
        for (long seed = SEED; seed < SEED + 300; seed++) {
            byte[] tree = TreeCodec.encode(TreeCodecPropertyTest.randomTree(new Random(seed)));
            taken += isReadAlike(tree, seed) ? 1 : 0;
        }
        assertThat(taken).isPositive();
    }

    @Test
    void damage_is_never_read_as_something_else() throws TreeFormatException {
        int taken = 0;
        for (long seed = SEED; seed < SEED + 400; seed++) {
            var random = new Random(seed);
            byte[] tree = TreeCodec.encode(usualTree(random));
            for (int i = 0; i < 50; i++) {
                taken += isReadAlike(TreeCodecPropertyTest.damaged(tree, random), seed) ? 1 : 0;
            }
        }
        // Other digits and letters are another tree, and a good one.
        assertThat(taken).isBetween(1_000, 15_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"nodes\":[]}",
                "{\"nodes\":[]}\n",
                "{\"nodes\":[{\"name\":\"größe 日本\",\"type\":\"file\",\"mode\":420,"
                        + "\"mtime\":\"2024-02-29T23:59:59.5-24:59\"}]}",
            })
    void small_trees_are_taken(String text) throws TreeFormatException {
        byte[] tree = text.getBytes(UTF_8);
        assertThat(CompactTreeReader.read(tree)).isNotNull().isEqualTo(TreeReader.read(tree));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"nodes\":null}",
                "{\"nodes\":[]} ",
                "{\"nodes\":[]}\n\n",
                "{\"nodes\":[],\"more\":1}",
                "{\"nodes\":[{}]}",
                "{\"nodes\":[{\"name\":\"a\"}]}",
                "{\"nodes\":[{\"type\":\"file\"}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"door\"}]}",
                "{\"nodes\":[{\"type\":\"file\",\"name\":\"a\"}]}",
                "{\"nodes\":[{\"name\":\"a\",\"name\":\"b\",\"type\":\"file\"}]}",
                "{\"nodes\":[{\"name\":\"a\\\\\\\\b\",\"type\":\"file\"}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"unknown\":1}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"mode\":01}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"mode\":4294967296}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"mode\":-1}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"size\":1.0}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"inode\":18446744073709551615}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"mtime\":\"2023-02-29T00:00:00Z\"}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"mtime\":\"2023-02-28T24:00:00Z\"}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"mtime\":\"2023-02-28T00:00:00.1234567891Z\"}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"symlink\",\"linktarget\":\"a\\\\ufffd\"}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"symlink\",\"linktarget\":\"a\ufffd\"}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"symlink\",\"linktarget\":\"a\",\"linktarget_raw\":\"YQ==\"}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"content\":[\"62\"]}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"extended_attributes\":null}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"extended_attributes\":"
                        + "[{\"name\":\"user.a\",\"value\":\"*\"}]}]}",
            })
    void what_restic_does_not_write_on_linux_is_left_to_the_other(String tree) {
        assertThat(CompactTreeReader.read(tree.getBytes(UTF_8))).isNull();
    }

    /// @return whether it was read
    private static boolean isReadAlike(byte[] tree, long seed) throws TreeFormatException {
        List<Node> nodes = CompactTreeReader.read(tree);
        if (nodes == null) {
            return false;
        }
        assertThat(TreeReader.read(tree))
                .as("seed %d: %s", seed, new String(tree, UTF_8))
                .isEqualTo(nodes);
        return true;
    }

    private static List<Node> usualTree(Random random) {
        var names = new TreeSet<RawName>();
        for (int i = random.nextInt(12); i > 0; i--) {
            names.add(RawName.of(random.nextInt(4) == 0 ? "größe-" + i : "file " + random.nextInt(1000) + ".txt"));
        }
        var nodes = new ArrayList<Node>();
        var time = new NodeTime(1_700_000_000L + random.nextInt(100_000_000), 0, 3600);
        names.forEach(name -> nodes.add(usualNode(name, time, random)));
        return nodes;
    }

    private static Node usualNode(RawName name, NodeTime shared, Random random) {
        NodeType type = TYPES.get(random.nextInt(TYPES.size()));
        boolean owned = random.nextBoolean();
        NodeTime time = random.nextBoolean()
                ? shared
                : new NodeTime(
                        random.nextLong(-62_000_000_000L, 253_000_000_000L),
                        random.nextInt(1_000_000_000),
                        60 * random.nextInt(-14 * 60, 15 * 60));
        return new Node(
                name,
                type,
                random.nextLong(1L << 32),
                time,
                time,
                shared,
                random.nextLong(1L << 32),
                random.nextLong(1L << 32),
                owned ? "root" : "",
                owned ? "daemon" : "",
                random.nextLong(1_000_000_000_000_000_000L),
                random.nextInt(1 << 20),
                random.nextLong(1L << 40),
                random.nextInt(3),
                type == NodeType.SYMLINK ? RawName.of("../there") : null,
                attributes(random),
                0,
                type == NodeType.FILE ? content(random) : null,
                type == NodeType.DIR ? ObjectId.parse(ID) : null,
                "",
                Map.of());
    }

    private static List<ExtendedAttribute> attributes(Random random) {
        if (random.nextInt(3) > 0) {
            return List.of();
        }
        byte[] value = new byte[random.nextInt(40)];
        random.nextBytes(value);
        return List.of(new ExtendedAttribute("security.selinux", value), new ExtendedAttribute("user.a", new byte[0]));
    }

    private static @Nullable List<ObjectId> content(Random random) {
        return random.nextInt(9) == 0
                ? null
                : random.ints(random.nextInt(4))
                        .mapToObj(_ -> new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), 7))
                        .toList();
    }
}
