package dev.reprise.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.sources.files.FileMeta;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChangeRuleTest {
    private static final ChangeRule STRICT = new ChangeRule(true, true);
    private static final Node OLD = Nodes.file("f");

    private static FileMeta meta(long size, long inode, long mtime, int mtimeNano, long ctime, int ctimeNano) {
        return new FileMeta(0100644, size, 10, 20, inode, 50, 1, 0, mtime, mtimeNano, 0, 0, ctime, ctimeNano);
    }

    private static final FileMeta SAME = meta(60, 40, 1_000, 1, 3_000, 3);

    @Nested
    @DisplayName("Content is taken over")
    class Content {
        @Test
        void when_size_times_and_inode_agree() {
            assertThat(STRICT.sameContent(SAME, OLD)).isTrue();
        }

        @Test
        void not_when_the_size_differs() {
            assertThat(STRICT.sameContent(meta(61, 40, 1_000, 1, 3_000, 3), OLD))
                    .isFalse();
        }

        @Test
        void not_when_the_modification_time_differs_by_a_nanosecond() {
            assertThat(STRICT.sameContent(meta(60, 40, 1_000, 2, 3_000, 3), OLD))
                    .isFalse();
            assertThat(STRICT.sameContent(meta(60, 40, 1_001, 1, 3_000, 3), OLD))
                    .isFalse();
        }

        @Test
        void not_when_the_change_time_differs_unless_it_is_ignored() {
            FileMeta changed = meta(60, 40, 1_000, 1, 3_000, 4);
            assertThat(STRICT.sameContent(changed, OLD)).isFalse();
            assertThat(new ChangeRule(false, true).sameContent(changed, OLD)).isTrue();
        }

        @Test
        void not_when_the_inode_differs_unless_it_is_ignored() {
            FileMeta moved = meta(60, 41, 1_000, 1, 3_000, 3);
            assertThat(STRICT.sameContent(moved, OLD)).isFalse();
            assertThat(new ChangeRule(true, false).sameContent(moved, OLD)).isTrue();
        }

        @Test
        void never_from_something_that_was_no_file() {
            assertThat(STRICT.sameContent(SAME, with(OLD, "type", NodeType.SYMLINK)))
                    .isFalse();
        }

        @Test
        void also_after_a_move_to_another_device() {
            assertThat(STRICT.sameContent(SAME, with(OLD, "deviceId", 99L))).isTrue();
        }
    }

    @Nested
    @DisplayName("Options")
    class Options {
        @Test
        void ignoring_inodes_ignores_change_times_too() {
            assertThat(ChangeRule.of(request(false, false))).isEqualTo(new ChangeRule(true, true));
            assertThat(ChangeRule.of(request(true, false))).isEqualTo(new ChangeRule(false, true));
            assertThat(ChangeRule.of(request(false, true))).isEqualTo(new ChangeRule(false, false));
        }

        private static FilesRequest request(boolean ignoreCtime, boolean ignoreInode) {
            return new FilesRequest(
                    List.of(RawName.of("/")),
                    RawName.of("/"),
                    null,
                    List.of(),
                    Map.of(),
                    false,
                    -1,
                    false,
                    false,
                    ignoreCtime,
                    ignoreInode,
                    1);
        }
    }

    @Nested
    @DisplayName("A node is unmodified")
    class Equality {
        @Test
        void when_only_zones_and_the_order_of_attributes_differ() {
            Node other = with(OLD, "mtime", new NodeTime(1_000, 1, -7200));
            other = with(other, "extendedAttributes", OLD.extendedAttributes().reversed());
            assertThat(ChangeRule.same(OLD, other)).isTrue();
        }

        @ParameterizedTest(name = "not with another {0}")
        @MethodSource("dev.reprise.operations.backup.ChangeRuleTest#differences")
        void not_with_another_value_anywhere(String component, Object value) {
            assertThat(ChangeRule.same(OLD, with(OLD, component, value))).isFalse();
            assertThat(ChangeRule.same(with(OLD, component, value), OLD)).isFalse();
        }
    }

    static Stream<Arguments> differences() {
        return Stream.of(
                Arguments.of("name", RawName.of("g")),
                Arguments.of("type", NodeType.FIFO),
                Arguments.of("mode", 0600L),
                Arguments.of("mtime", new NodeTime(1_000, 2, 3600)),
                Arguments.of("atime", new NodeTime(2_001, 2, 3600)),
                Arguments.of("ctime", new NodeTime(3_000, 4, 3600)),
                Arguments.of("uid", 11L),
                Arguments.of("gid", 21L),
                Arguments.of("user", "other"),
                Arguments.of("group", "other"),
                Arguments.of("inode", 41L),
                Arguments.of("deviceId", 51L),
                Arguments.of("size", 61L),
                Arguments.of("links", 2L),
                Arguments.of("linkTarget", RawName.of("t")),
                Arguments.of("extendedAttributes", List.of(Nodes.attribute("user.a", 1), Nodes.attribute("user.b", 3))),
                Arguments.of("extendedAttributes", List.of(Nodes.attribute("user.a", 1))),
                Arguments.of("device", 1L),
                Arguments.of("content", List.of(Nodes.B, Nodes.A)),
                Arguments.of("subtree", Nodes.A),
                Arguments.of("error", "e"));
    }

    /// A copy of the node with another value for one component.
    private static Node with(Node node, String component, Object value) {
        RecordComponent[] components = Node.class.getRecordComponents();
        try {
            Object[] values = new Object[components.length];
            for (int i = 0; i < components.length; i++) {
                boolean other = components[i].getName().equals(component);
                values[i] = other ? value : components[i].getAccessor().invoke(node);
            }
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return Node.class.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException
                | IllegalAccessException
                | InstantiationException
                | NoSuchMethodException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
