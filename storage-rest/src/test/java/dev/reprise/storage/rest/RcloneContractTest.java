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
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/// The suite against `rclone serve restic`, which checks no hashes and replaces what it is told to.
@Tag("long")
class RcloneContractTest extends StorageContract {
    @TempDir
    private static Path folder;

    private static StockRestServer server;

    private final AtomicInteger repositories = new AtomicInteger();
    private String name = "";

    @BeforeAll
    static void start() {
        server = StockRestServer.rclone(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /// rclone writes where the object lies: who reads beside it may get a part, which every reader's hash finds.
    @BeforeEach
    void passOverWritingInPlace(TestInfo test) {
        Assumptions.assumeFalse(test.getDisplayName().startsWith("many_writers_of_one_name"));
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

    /// This protocol has no pages.
    @Override
    protected int manyObjects() {
        return 150;
    }
}
