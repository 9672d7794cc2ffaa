package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// If it did not answer the real client, a training run would teach nothing and nobody would notice.
class TrainingStoreTest {
    @Test
    void the_client_of_s3_stores_finds_reads_and_deletes_objects(@TempDir Path folder) throws IOException {
        byte[] content = {1, 2, 3, 4, 5};
        ObjectKey pack = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
        Map<String, String> variables = Map.of("AWS_ACCESS_KEY_ID", "x", "AWS_SECRET_ACCESS_KEY", "x");
        var settings = new PlaceSettings(variables, folder, InstantSource.system());
        try (var store = new TrainingStore();
                Storage storage = WiredPlaces.all().open(store.url(), settings)) {
            storage.create();
            assertThat(storage.size(pack)).isEqualTo(-1);
            storage.write(pack, content);
            assertThat(storage.size(pack)).isEqualTo(5);
            assertThat(storage.readAll(pack)).isEqualTo(content);
            assertThat(storage.<byte[]>read(pack, 1, 3, body -> body.readAllBytes()))
                    .containsExactly(2, 3, 4);
            List<Storage.StoredObject> found = new ArrayList<>();
            storage.list(ObjectType.PACK, found::add);
            assertThat(found).containsExactly(new Storage.StoredObject(pack, 5));
            storage.delete(pack);
            assertThat(storage.size(pack)).isEqualTo(-1);
        }
    }
}
