package dev.reprise.repository.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node.ExtendedAttribute;
import dev.reprise.repository.tree.Node.ForeignMember;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeCodecTest {
    /// Printed by `restic cat blob` of version 0.19.1.
    private static final String DUMP_TREE = """
            {"nodes":[{"name":"dump.sql","type":"file","mode":420,"mtime":"2024-04-01T00:00:00Z",\
            "atime":"2024-04-01T00:00:00Z","ctime":"2024-04-01T00:00:00Z","uid":0,"gid":0,"size":8893,\
            "content":["6251e5743b6fd6a7d606130bdf7c15077ce85ebd3a0fdee284d15a46df199e38"]}]}
            """;

    private static final String ROOT_TREE = """
            {"nodes":[{"name":"tree","type":"dir","mode":2147484141,"mtime":"2024-03-21T05:46:40Z",\
            "atime":"2024-03-21T05:46:40Z","ctime":"2026-11-21T09:37:45.139950014Z","uid":0,"gid":0,\
            "user":"root","group":"root","inode":9986502,"device_id":65024,"content":null,\
            "subtree":"00810cbf4d9c9029c3d73d0eb5ef5cd750312362a3362527c11293afbd46bb8e"}]}
            """;

    private static final String ID = "6251e5743b6fd6a7d606130bdf7c15077ce85ebd3a0fdee284d15a46df199e38";
    private static final NodeTime TIME = new NodeTime(1_700_000_000, 500_000_000, 3600);
    private static final String TIMES = """
            "mtime":"2023-11-14T23:13:20.5+01:00","atime":"2023-11-14T23:13:20.5+01:00",\
            "ctime":"2023-11-14T23:13:20.5+01:00",""";

    private static List<Node> decode(String tree) throws TreeFormatException {
        return TreeCodec.decode(tree.getBytes(UTF_8));
    }

    private static Node only(String members) throws TreeFormatException {
        List<Node> nodes = decode("{\"nodes\":[{\"name\":\"n\",\"type\":\"file\"," + members + "}]}\n");
        assertThat(nodes).hasSize(1);
        return nodes.getFirst();
    }

    private static String encode(Node... nodes) {
        return new String(TreeCodec.encode(List.of(nodes)), UTF_8);
    }

    private static Node file(String name) {
        return node(RawName.of(name), NodeType.FILE, null, List.of(), List.of(), null, Map.of());
    }

    private static Node symlink(byte[] target) {
        return node(RawName.of("n"), NodeType.SYMLINK, RawName.of(target), List.of(), null, null, Map.of());
    }

    private static Node node(
            RawName name,
            NodeType type,
            @Nullable RawName target,
            List<ExtendedAttribute> attributes,
            @Nullable List<ObjectId> content,
            @Nullable ObjectId subtree,
            Map<String, ForeignMember> unknown) {
        return new Node(
                name,
                type,
                0,
                TIME,
                TIME,
                TIME,
                0,
                0,
                "",
                "",
                0,
                0,
                0,
                0,
                target,
                attributes,
                0,
                content,
                subtree,
                "",
                unknown);
    }

    @Test
    void an_empty_directory_has_the_well_known_bytes_and_id() throws TreeFormatException {
        byte[] tree = TreeCodec.encode(List.of());
        assertThat(new String(tree, UTF_8)).isEqualTo("{\"nodes\":[]}\n");
        assertThat(ObjectId.hash(tree).hex())
                .isEqualTo("ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8");
        assertThat(TreeCodec.decode(tree)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {DUMP_TREE, ROOT_TREE})
    void trees_of_stock_restic_are_encoded_to_the_same_bytes(String tree) throws TreeFormatException {
        assertThat(new String(TreeCodec.encode(decode(tree)), UTF_8)).isEqualTo(tree);
    }

    @Test
    void a_directory_of_stock_restic_is_understood() throws TreeFormatException {
        Node node = decode(ROOT_TREE).getFirst();
        assertThat(node.name()).isEqualTo(RawName.of("tree"));
        assertThat(node.type()).isEqualTo(NodeType.DIR);
        assertThat(node.mode()).isEqualTo(NodeMode.toGo(0040755));
        assertThat(node.mtime()).isEqualTo(new NodeTime(1_711_000_000, 0, 0));
        assertThat(node.ctime()).isEqualTo(new NodeTime(1_795_253_865, 139_950_014, 0));
        assertThat(node.user()).isEqualTo("root");
        assertThat(node.inode()).isEqualTo(9_986_502);
        assertThat(node.deviceId()).isEqualTo(65_024);
        assertThat(node.content()).isNull();
        assertThat(node.subtree())
                .isEqualTo(ObjectId.parse("00810cbf4d9c9029c3d73d0eb5ef5cd750312362a3362527c11293afbd46bb8e"));
    }

    @Test
    void every_member_is_written_in_its_place() throws TreeFormatException {
        var node = new Node(
                RawName.of("n"),
                NodeType.CHARDEV,
                1,
                TIME,
                new NodeTime(0, 0, 0),
                new NodeTime(1, 1, -34_200),
                4_294_967_295L,
                5,
                "us\ber",
                "gr\foup",
                -1,
                -2,
                -3,
                -4,
                RawName.of(new byte[] {'a', (byte) 0xff}),
                List.of(
                        new ExtendedAttribute("user.b", new byte[] {1, 2, 3, 4}),
                        new ExtendedAttribute("user.a", new byte[0])),
                259,
                List.of(ObjectId.parse(ID), ObjectId.NULL),
                ObjectId.parse(ID),
                "broken",
                Map.of("generic_attributes", new ForeignMember("{\"a\":1}", "extended_attributes")));
        String tree = encode(node);
        assertThat(tree).isEqualTo("""
                {"nodes":[{"name":"n","type":"chardev","mode":1,"mtime":"2023-11-14T23:13:20.5+01:00",\
                "atime":"1970-01-01T00:00:00Z","ctime":"1969-12-31T14:30:01.000000001-09:30",\
                "uid":4294967295,"gid":5,"user":"us\\ber","group":"gr\\foup","inode":18446744073709551615,\
                "device_id":18446744073709551614,"size":18446744073709551613,"links":18446744073709551612,\
                "linktarget":"a\\ufffd","linktarget_raw":"Yf8=","extended_attributes":[\
                {"name":"user.b","value":"AQIDBA=="},{"name":"user.a","value":""}],\
                "generic_attributes":{"a":1},"device":259,"content":["%s","%s"],"subtree":"%s","error":"broken"}]}
                """.formatted(ID, "0".repeat(64), ID));
        Node back = decode(tree).getFirst();
        assertThat(encode(back)).isEqualTo(tree);
        assertThat(back).usingRecursiveComparison().ignoringFields("unknown").isEqualTo(node);
    }

    @Test
    void what_is_zero_or_empty_is_left_out_but_owners_and_content_are_not() {
        assertThat(encode(file("n")))
                .isEqualTo("{\"nodes\":[{\"name\":\"n\",\"type\":\"file\"," + TIMES
                        + "\"uid\":0,\"gid\":0,\"content\":[]}]}\n");
    }

    @Test
    void a_target_that_is_utf8_has_no_raw_form() throws TreeFormatException {
        String tree = encode(symlink("a\bb\fc\u0001<&>\u2028é".getBytes(UTF_8)));
        assertThat(tree).contains("\"linktarget\":\"a\\bb\\fc\\u0001\\u003c\\u0026\\u003e\\u2028é\",\"content\"");
        assertThat(decode(tree).getFirst().linkTarget()).isEqualTo(RawName.of("a\bb\fc\u0001<&>\u2028é"));
    }

    @Test
    void the_raw_target_overrides_the_other() throws TreeFormatException {
        byte[] target = {'b', 'a', 'd', '-', (byte) 0xff, '-', 't'};
        String tree = encode(symlink(target));
        assertThat(tree).contains("\"linktarget\":\"bad-\\ufffd-t\",\"linktarget_raw\":\"YmFkLf8tdA==\"");
        assertThat(decode(tree).getFirst().linkTarget()).isEqualTo(RawName.of(target));
    }

    /// restic up to 0.15 lost such targets; the form it stored is kept.
    @Test
    void a_lost_target_is_written_back_as_it_was() throws TreeFormatException {
        String tree = encode(symlink("x".getBytes(UTF_8))).replace("\"x\"", "\"bad-\\ufffd-target\"");
        Node node = decode(tree).getFirst();
        assertThat(node.linkTarget()).isEqualTo(RawName.of("bad-\ufffd-target"));
        assertThat(encode(node)).isEqualTo(tree);
    }

    @Test
    void names_are_written_in_two_layers_and_come_back() throws TreeFormatException {
        var name = RawName.of(new byte[] {'<', '"', (byte) 0xe9, '\n', 'x'});
        Node node = node(name, NodeType.FILE, null, List.of(), List.of(), null, Map.of());
        assertThat(encode(node)).contains("{\"name\":\"\\u003c\\\\\\\"\\\\xe9\\\\nx\",");
        assertThat(decode(encode(node)).getFirst().name()).isEqualTo(name);
    }

    @Test
    void nodes_must_be_strictly_ascending_by_raw_bytes() throws TreeFormatException {
        // UTF-16 would order U+FFFD behind U+1F600; a quoted 0xff would come before the letters.
        Node[] ascending = {
            file("B"),
            file("a"),
            file("\ufffd"),
            file("😀"),
            node(RawName.of(new byte[] {-1}), NodeType.FILE, null, List.of(), List.of(), null, Map.of())
        };
        assertThat(decode(encode(ascending))).containsExactly(ascending);
        assertThatThrownBy(() -> encode(file("a"), file("B")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a, B");
        assertThatThrownBy(() -> encode(file("a"), file("a"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_reader_does_not_ask_for_order() throws TreeFormatException {
        List<Node> nodes = decode(encode(file("a"), file("b")).replace("\"a\"", "\"c\""));
        assertThat(nodes).extracting(Node::name).containsExactly(RawName.of("c"), RawName.of("b"));
    }

    @Test
    void unknown_members_are_written_back_where_they_were() throws TreeFormatException {
        String tree = encode(file("n"))
                .replace("\"name\"", "\"first\":[1, 2],\"second\":{},\"name\"")
                .replace("\"uid\"", "\"birth\\u003c\":\"2020\\u00e9 x\",\"t\":true,\"uid\"")
                .replace(
                        "\"content\":[]",
                        "\"generic_attributes\":{\"windows.x\":\"MQ==\"},\"content\":[],\"last\":-1.5e3");
        Node node = decode(tree).getFirst();
        assertThat(node.unknown().keySet())
                .containsExactly("first", "second", "birth<", "t", "generic_attributes", "last");
        assertThat(node.unknown().get("t")).isEqualTo(new ForeignMember("true", "ctime"));
        assertThat(encode(node)).isEqualTo(tree);
    }

    @Test
    void a_type_of_the_future_is_irregular_and_kept() throws TreeFormatException {
        String tree = encode(file("n")).replace("\"file\"", "\"whiteout\"");
        Node node = decode(tree).getFirst();
        assertThat(node.type()).isEqualTo(NodeType.IRREGULAR);
        assertThat(encode(node)).isEqualTo(tree);
    }

    @Test
    void members_may_come_in_any_order_with_white_space_and_members_around_the_list() throws TreeFormatException {
        String tree = """
                 { "x" : {"nodes":[1]}, "nodes" : [ { "content" : [ ] , "uid" : 7 ,\t"type":"file",
                 "name" : "n" } ] , "after" : null } trailing""";
        List<Node> nodes = decode(tree);
        assertThat(nodes).hasSize(1);
        assertThat(nodes.getFirst().uid()).isEqualTo(7);
        assertThat(nodes.getFirst().content()).isEmpty();
        assertThat(nodes.getFirst().mtime()).isEqualTo(NodeTime.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"nodes\":null}", "{\"nodes\":[]}", " {\"nodes\": [ ] }\n\n", "{\"x\":1}"})
    void a_tree_without_nodes_is_an_empty_directory(String tree) throws TreeFormatException {
        assertThat(decode(tree)).isEmpty();
    }

    @Test
    void null_counts_as_missing() throws TreeFormatException {
        Node node = only("\"mode\":null,\"user\":null,\"links\":null,\"linktarget\":null,\"mtime\":null,"
                + "\"extended_attributes\":null,\"subtree\":null,\"content\":null,\"error\":null");
        assertThat(node.mode()).isZero();
        assertThat(node.content()).isNull();
        assertThat(node.extendedAttributes()).isEmpty();
        Node attribute = only("\"extended_attributes\":[{\"value\":null,\"more\":[],\"name\":\"user.x\"}]");
        assertThat(attribute.extendedAttributes()).containsExactly(new ExtendedAttribute("user.x", new byte[0]));
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775807", "9223372036854775808", "18446744073709551615", "0", "9007199254740993"})
    void unsigned_numbers_keep_all_64_bits(String number) throws TreeFormatException {
        Node node = only("\"inode\":" + number + ",\"device_id\":" + number + ",\"size\":" + number);
        assertThat(Long.toUnsignedString(node.inode())).isEqualTo(number);
        assertThat(Long.toUnsignedString(node.deviceId())).isEqualTo(number);
        assertThat(Long.toUnsignedString(node.size())).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"inode\":18446744073709551616|beyond 64 bits",
                "\"inode\":-1|below 0: -1",
                "\"inode\":1.0|not a whole number",
                "\"inode\":\"1\"|not a whole number",
                "\"mode\":4294967296|mode beyond 32 bits: 4294967296",
                "\"uid\":18446744073709551615|uid beyond 32 bits",
                "\"mtime\":\"yesterday\"|bad mtime",
                "\"mtime\":5|mtime that is VALUE_NUMBER_INT",
                "\"content\":{}|content that is START_OBJECT",
                "\"content\":[1]|content that is VALUE_NUMBER_INT",
                "\"content\":[\"abc\"]|content of 3 characters",
                "\"subtree\":\"zz51e5743b6fd6a7d606130bdf7c15077ce85ebd3a0fdee284d15a46df199e38\"|not hexadecimal",
                "\"user\":7|user that is VALUE_NUMBER_INT",
                "\"linktarget_raw\":\"?\"|not base64",
                "\"extended_attributes\":[1]|not a list of objects",
                "\"extended_attributes\":[{}]|without a name",
                "\"extended_attributes\":[{\"name\":\"a\",\"value\":\"*\"}]|not base64",
            })
    void a_value_of_the_wrong_kind_is_named(String member, String fact) {
        assertThatThrownBy(() -> only(member))
                .isInstanceOf(TreeFormatException.class)
                .hasMessageContaining("node 0 (n)")
                .hasMessageContaining(fact);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"nodes\":[",
                "{\"nodes\":[{}]}",
                "{\"nodes\":[{\"name\":\"a\"}]}",
                "{\"nodes\":[{\"type\":\"file\"}]}",
                "{\"nodes\":[7]}",
                "{\"nodes\":{}}",
                "{\"nodes\":[],\"nodes\":[]}",
                "{\"nodes\":[{\"name\":\"\\\\q\",\"type\":\"file\"}]}",
                "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\"}]",
                "{\0\"\0n\0",
                "plain text"
            })
    void what_is_no_tree_is_refused(String tree) {
        assertThatThrownBy(() -> decode(tree)).isInstanceOf(TreeFormatException.class);
    }

    @Test
    void other_encodings_than_utf8_are_refused() {
        for (var charset : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32")) {
            byte[] tree = ROOT_TREE.getBytes(Charset.forName(charset));
            assertThatThrownBy(() -> TreeCodec.decode(tree)).as(charset).isInstanceOf(TreeFormatException.class);
        }
    }

    @Test
    void nesting_without_end_is_refused() {
        String deep = "[".repeat(100_000);
        assertThatThrownBy(() -> only("\"x\":" + deep)).isInstanceOf(TreeFormatException.class);
        assertThatThrownBy(() -> decode("{\"x\":" + deep)).isInstanceOf(TreeFormatException.class);
    }

    @Test
    void a_dangerous_name_is_read_as_it_is_and_left_to_restore() throws TreeFormatException {
        for (String name : List.of("..", "a/b", ".", "")) {
            String tree = encode(file("n")).replace("\"n\"", "\"" + name + "\"");
            assertThat(decode(tree).getFirst().name()).isEqualTo(RawName.of(name));
        }
    }
}
