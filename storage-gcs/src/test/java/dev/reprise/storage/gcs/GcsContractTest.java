package dev.reprise.storage.gcs;

import dev.reprise.storage.Storage;
import dev.reprise.storage.suite.StorageContract;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// A bucket of the fake.
class GcsContractTest extends StorageContract {
    private static FakeGcs server;
    private static int buckets;

    private String address = "";

    @BeforeAll
    static void start() throws IOException {
        server = new FakeGcs();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected Storage open() {
        buckets++;
        address = "bucket" + buckets + ":/some/where";
        return Opening.at(server, address, Map.of());
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return Opening.at(server, address, Map.of());
    }

    @Override
    protected boolean plant(String path, byte[] content) {
        server.bucket("bucket" + buckets).put("some/where/" + path, content);
        return true;
    }
}
