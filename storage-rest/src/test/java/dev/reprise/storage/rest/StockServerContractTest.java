package dev.reprise.storage.rest;

import dev.reprise.storage.Storage;
import dev.reprise.storage.suite.StorageContract;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.testkit.rest.StockRestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// The suite against stock rest-server 0.14, every test in a repository of its own.
class StockServerContractTest extends StorageContract {
    @TempDir
    private static Path folder;

    private static StockRestServer server;

    private final AtomicInteger repositories = new AtomicInteger();
    private String name = "";

    @BeforeAll
    static void start() {
        server = StockRestServer.restServer(folder, "--no-auth");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected Storage open() {
        name = "r" + System.identityHashCode(this) + "-" + repositories.incrementAndGet();
        return handle();
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return handle();
    }

    private Storage handle() {
        return new RestPlace().open(server.url() + name, new PlaceSettings(Map.of(), folder, InstantSource.system()));
    }

    @Override
    protected boolean plant(String path, byte[] content) {
        try {
            Path file = StockRestServer.served(folder).resolve(name).resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A folder that is missing is an empty list in this protocol.
    @Override
    protected boolean tellsMissingFromEmpty() {
        return false;
    }

    @Override
    protected boolean replacesConfig() {
        return false;
    }

    /// This protocol has no pages.
    @Override
    protected int manyObjects() {
        return 150;
    }
}
