package dev.reprise.storage.s3;

import dev.reprise.storage.Storage;
import dev.reprise.storage.suite.StorageContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import software.amazon.awssdk.core.sync.RequestBody;

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
        place = S3ProxyServer.newBucket() + "/some/prefix";
        return server.open(place, S3ProxyServer.settings(Map.of()));
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return server.open(place, S3ProxyServer.settings(Map.of("s3.list-objects-v1", "true")));
    }

    @Override
    protected boolean plant(String path, byte[] content) {
        String bucket = place.substring(0, place.indexOf('/'));
        server.raw()
                .putObject(
                        request -> request.bucket(bucket).key("some/prefix/" + path), RequestBody.fromBytes(content));
        return true;
    }

    @Override
    protected List<String> credentials() {
        return List.of(S3ProxyServer.KEY, S3ProxyServer.SECRET);
    }
}
