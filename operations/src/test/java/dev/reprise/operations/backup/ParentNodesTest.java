package dev.reprise.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.RawName;
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
    void without_a_parent_nothing_is_found() {
        assertThat(ParentNodes.NONE.find(RawName.of("a"))).isNull();
    }
}
