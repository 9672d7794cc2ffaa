package dev.reprise.storage.s3;

import dev.reprise.storage.Storage;
import dev.reprise.storage.suite.StorageContract;
import dev.reprise.testkit.store.S3ProxyServer;
import dev.reprise.testkit.store.StoreCredentials;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A bucket of S3Proxy")
class S3StorageContractTest extends StorageContract {
    private static S3ProxyServer server;

    private String place = "";

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
        place = Opening.newBucket() + "/some/prefix";
        return Opening.at(server.endpoint(), place, Opening.settings(Map.of()));
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return Opening.at(server.endpoint(), place, Opening.settings(Map.of("s3.list-objects-v1", "true")));
    }

    @Override
    protected boolean plant(String path, byte[] content) {
        String bucket = place.substring(0, place.indexOf('/'));
        Opening.plant(server.endpoint(), bucket, "some/prefix/" + path, content);
        return true;
    }

    @Override
    protected List<String> credentials() {
        return List.of(StoreCredentials.KEY, StoreCredentials.SECRET);
    }
}
