package dev.reprise.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Repositories in real directories: new ones, and those that stock restic wrote.
class LocalRepositoryTest {
    private static final Secret PASSWORD = Secret.of("a password");
    private static final ScryptParameters CHEAP = new ScryptParameters(1024, 8, 1);

    @TempDir
    Path folder;

    @Test
    void a_repository_is_made_where_nothing_was() {
        Path place = folder.resolve("not/there/yet");
        var options = new Repository.InitOptions(2, null, CHEAP);
        Repository.init(new LocalStorage(place), PASSWORD, options, new SecureRandom(), InstantSource.system())
                .close();
        try (var opened =
                Repository.open(new LocalStorage(place), PASSWORD, new SecureRandom(), InstantSource.system())) {
            assertThat(opened.config().version()).isEqualTo(2);
        }
        assertThatThrownBy(() -> Repository.init(
                        new LocalStorage(place), PASSWORD, options, new SecureRandom(), InstantSource.system()))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("already");
    }

    @Test
    void a_place_that_is_not_there_holds_no_repository() {
        assertThatThrownBy(() -> Repository.open(
                        new LocalStorage(folder.resolve("nowhere")),
                        PASSWORD,
                        new SecureRandom(),
                        InstantSource.system()))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("nowhere");
    }

    /// The id of a tree is the hash of its bytes: what differs by one byte is another directory.
    @ParameterizedTest
    @CsvSource({"restic-v1, 7", "restic-v2, 7", "restic-v1-multichunk, 7", "restic-v2-0.19, 11"})
    void every_tree_of_stock_restic_is_encoded_to_the_same_bytes(String fixture, int count)
            throws IOException, TreeFormatException {
        List<BlobHandle> trees = new ArrayList<>();
        try (Repository repository = ResticFixture.open(fixture, folder)) {
            var index = repository.loadIndex((id, reason) -> {
                throw reason;
            });
            index.forEachPack(pack -> pack.blobs().stream()
                    .map(BlobLocation::handle)
                    .filter(handle -> handle.type() == BlobType.TREE)
                    .forEach(trees::add));
            int directories = 0;
            try (var reader = repository.reader(index)) {
                for (BlobHandle tree : trees) {
                    byte[] stored = reader.read(tree);
                    List<Node> nodes = TreeCodec.decode(stored);
                    String encoded = new String(TreeCodec.encode(nodes), StandardCharsets.UTF_8);
                    assertThat(encoded).isEqualTo(new String(stored, StandardCharsets.UTF_8));
                    assertThat(ObjectId.hash(TreeCodec.encode(nodes))).isEqualTo(tree.id());
                    directories += (int)
                            nodes.stream().filter(n -> n.type() == NodeType.DIR).count();
                }
            }
            assertThat(trees).hasSize(count);
            assertThat(directories).isPositive();
        }
    }
}
