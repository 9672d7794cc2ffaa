package dev.reprise.storage.azure;

import dev.reprise.storage.Storage;
import dev.reprise.storage.suite.StorageContract;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// A container of the fake.
class AzureContractTest extends StorageContract {
    private static FakeAzure server;
    private static int containers;

    private String address = "";

    @BeforeAll
    static void start() throws IOException {
        server = new FakeAzure();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected Storage open() {
        containers++;
        address = "container" + containers + ":/some/where";
        return handle();
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return handle();
    }

    private Storage handle() {
        return Opening.at(server, address, Map.of("AZURE_ACCOUNT_KEY", Opening.KEY));
    }

    @Override
    protected boolean plant(String path, byte[] content) {
        server.container("container" + containers).put("some/where/" + path, content);
        return true;
    }

    /// Three pages of the fake.
    @Override
    protected int manyObjects() {
        return 250;
    }

    @Override
    protected List<String> credentials() {
        return List.of(Opening.KEY);
    }
}
