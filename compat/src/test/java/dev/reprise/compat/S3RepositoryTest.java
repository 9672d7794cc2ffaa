package dev.reprise.compat;

import dev.reprise.testkit.store.S3ProxyServer;
import dev.reprise.testkit.store.StoreCredentials;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// In a bucket, below a prefix that is written carelessly.
class S3RepositoryTest extends BothWaysContract {
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
    String url(String name) {
        return "s3:" + server.endpoint() + "/" + name + "/deep//prefix/";
    }

    @Override
    Map<String, String> variables() {
        return StoreCredentials.variables();
    }
}
