package dev.reprise.mount;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.TreeCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FolderTest {
    @Test
    void entries_whose_names_lead_elsewhere_are_left_out_and_told_of() throws Exception {
        var told = new ArrayList<String>();
        Folder folder = folder(told, "..", ".", "", "a/b", "zero\\u0000byte", "good", "n".repeat(1025), "good");
        assertThat(folder.size()).isEqualTo(1);
        assertThat(folder.node(folder.find(RawName.of("good"))).name()).isEqualTo(RawName.of("good"));
        assertThat(folder.find(RawName.of(".."))).isEqualTo(-1);
        assertThat(told)
                .containsExactly(
                        "..: not a file name",
                        ".: not a file name",
                        ": not a file name",
                        "a/b: not a file name",
                        "zero\0byte: not a file name",
                        "n".repeat(1025) + ": a name of 1025 bytes",
                        "good: the name occurs twice");
    }

    @Test
    void the_weight_counts_blobs_of_files() throws Exception {
        var ids = "\"" + "0a".repeat(32) + "\"";
        String blobs = ids + ("," + ids).repeat(9_999);
        String tree = "{\"nodes\":[{\"name\":\"large\",\"type\":\"file\",\"content\":[" + blobs + "]}]}\n";
        Folder folder = Folder.of(TreeCodec.decode(tree.getBytes(StandardCharsets.UTF_8)), (_, _) -> {});
        assertThat(folder.weight()).isGreaterThan(480_000);
    }

    private static Folder folder(List<String> told, String... names) throws Exception {
        var nodes = new ArrayList<String>();
        for (String name : names) {
            nodes.add("{\"name\":\"" + name + "\",\"type\":\"fifo\"}");
        }
        String tree = "{\"nodes\":[" + String.join(",", nodes) + "]}\n";
        List<Node> stored = TreeCodec.decode(tree.getBytes(StandardCharsets.UTF_8));
        return Folder.of(stored, (name, why) -> told.add(name + ": " + why));
    }
}
