package dev.reprise.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParentNodesTest {
    @Test
    void every_name_is_found_and_no_other() {
        var parent = ParentNodes.of(List.of(Nodes.file("a"), Nodes.file("b"), Nodes.file("bb"), Nodes.file("c")));
        assertThat(List.of("a", "b", "bb", "c"))
                .allSatisfy(name -> assertThat(parent.find(RawName.of(name)))
                        .isNotNull()
                        .hasFieldOrPropertyWithValue("name", RawName.of(name)));
        assertThat(List.of("", "aa", "ba", "d", "B"))
                .allSatisfy(name -> assertThat(parent.find(RawName.of(name))).isNull());
    }

    @Test
    void a_tree_another_program_left_unsorted_is_searched_all_the_same() {
        var parent = ParentNodes.of(List.of(Nodes.file("z"), Nodes.file("m"), Nodes.file("a"), Nodes.file("\u00e9")));
        assertThat(List.of("a", "m", "z", "\u00e9"))
                .allSatisfy(name -> assertThat(parent.find(RawName.of(name))).isNotNull());
    }

    @Test
    void a_tree_is_the_same_only_with_the_very_same_nodes() {
        Node a = Nodes.file("a");
        Node b = Nodes.file("b");
        var parent = ParentNodes.of(List.of(a, b));
        assertThat(parent.areAll(new Node[] {a, null, b})).isTrue();
        assertThat(parent.areAll(new Node[] {a})).isFalse();
        assertThat(parent.areAll(new Node[] {a, Nodes.file("b")})).isFalse();
        assertThat(parent.areAll(new Node[] {a, b, Nodes.file("c")})).isFalse();
    }

    @Test
    void an_unsorted_tree_is_never_taken_over() {
        Node a = Nodes.file("a");
        Node b = Nodes.file("b");
        assertThat(ParentNodes.of(List.of(b, a)).areAll(new Node[] {a, b})).isFalse();
        assertThat(ParentNodes.of(List.of(a, a)).areAll(new Node[] {a, a})).isFalse();
    }

    @Test
    void without_a_parent_nothing_is_found() {
        assertThat(ParentNodes.NONE.find(RawName.of("a"))).isNull();
    }
}
