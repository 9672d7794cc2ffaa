package dev.reprise.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.RawName;
import dev.reprise.operations.backup.TargetTree.Branch;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/// The shapes restic 0.19.1 gives for the same targets.
class TargetTreeTest {
    @Test
    void an_absolute_target_brings_the_directories_above_it() {
        assertThat(shape("/srv/data")).containsExactly("srv <- /srv", "srv/data <- /srv/data, target, named");
    }

    @Test
    void a_relative_target_starts_with_its_own_first_name() {
        assertThat(shape("a/b")).containsExactly("a <- /home/me/a", "a/b <- /home/me/a/b, target, named");
    }

    @Test
    void leading_dots_are_dropped_from_the_tree_but_followed_on_disk() {
        assertThat(shape("../../x/y"))
                .containsExactly("x <- /home/me/../../x", "x/y <- /home/me/../../x/y, target, named");
    }

    @Test
    void the_same_first_name_from_other_directories_gets_a_number_in_the_order_of_the_targets() {
        assertThat(shape("foo", "/foo", "../foo", "/foo/bar"))
                .containsExactly(
                        "foo <- /home/me/foo, target, named",
                        "foo-1 <- /foo, target, named",
                        "foo-1/bar <- /foo/bar, target, named",
                        "foo-2 <- /home/me/../foo, target, named");
    }

    @Test
    void a_target_that_really_has_such_a_name_is_not_merged_with_a_renamed_one() {
        assertThat(shape("/foo", "foo-1", "foo"))
                .containsExactly(
                        "foo <- /foo, target, named",
                        "foo-1 <- /home/me/foo-1, target, named",
                        "foo-2 <- /home/me/foo, target, named");
    }

    @Test
    void targets_below_targets_share_their_branch() {
        assertThat(shape("/a/x/b", "/a", "/a/x/b"))
                .containsExactly("a <- /a, target, named", "a/x <- /a/x", "a/x/b <- /a/x/b, target, named");
    }

    @Test
    void a_target_named_once_stays_named() {
        var tree = new TargetTree(RawName.of("/home/me"));
        tree.add(RawName.of("foo"), true);
        tree.add(RawName.of("foo"), false);
        tree.add(RawName.of("bar"), false);
        assertThat(lines("", tree.branches()))
                .containsExactly("bar <- /home/me/bar, target", "foo <- /home/me/foo, target, named");
    }

    @Test
    void only_dots_and_the_root_have_no_name() {
        assertThat(TargetTree.isNameless(RawName.of("."))).isTrue();
        assertThat(TargetTree.isNameless(RawName.of("../.."))).isTrue();
        assertThat(TargetTree.isNameless(RawName.of("/"))).isTrue();
        assertThat(TargetTree.isNameless(RawName.of("../a"))).isFalse();
    }

    @Test
    void the_holder_is_entered_even_through_a_symbolic_link() {
        var tree = new TargetTree(RawName.of("/home/me"));
        tree.add(RawName.of("/link/file"), true);
        tree.add(RawName.of("/top"), true);
        var holders = new ArrayList<String>();
        tree.branches().values().forEach(branch -> {
            holders.add(branch.holder().toString());
            branch.children()
                    .values()
                    .forEach(child -> holders.add(child.holder().toString()));
        });
        assertThat(holders).containsExactly("/.", "/link/.", "/.");
    }

    private static List<String> shape(String... targets) {
        var tree = new TargetTree(RawName.of("/home/me"));
        for (String target : targets) {
            tree.add(TargetPath.clean(RawName.of(target)), true);
        }
        return lines("", tree.branches());
    }

    private static List<String> lines(String prefix, SortedMap<RawName, Branch> branches) {
        var lines = new ArrayList<String>();
        branches.forEach((name, branch) -> {
            lines.add(prefix + name + " <- " + branch.path() + (branch.isTarget() ? ", target" : "")
                    + (branch.isNamed() ? ", named" : ""));
            lines.addAll(lines(prefix + name + "/", branch.children()));
        });
        return lines;
    }
}
