package dev.reprise.storage.s3;

import dev.reprise.storage.Storage;
import dev.reprise.storage.suite.PlainFilesContract;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.testkit.store.S3ProxyServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Plain files in a bucket of S3Proxy")
class S3FilesContractTest extends PlainFilesContract {
    /// The least S3 allows for a part that is not the last.
    private static final long PART = 5L << 20;

    private static S3ProxyServer server;

    @BeforeAll
    static void start() {
        server = new S3ProxyServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected Storage open() {
        S3Address address = S3Address.parse(server.endpoint() + "/" + Opening.newBucket() + "/some/prefix");
        PlaceSettings settings = Opening.settings(Map.of());
        var storage = new S3Storage(address, S3Options.of(address, settings), settings, 1 << 20, PART);
        storage.create();
        return storage;
    }
}
