package dev.reprise.serve;

import dev.reprise.storage.Storage;
import dev.reprise.storage.rest.RestPlace;
import dev.reprise.storage.suite.StorageContract;
import dev.reprise.storage.url.PlaceSettings;
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

/// The suite against our client and our server together, every test in a repository of its own.
class ServeContractTest extends StorageContract {
    private static final AtomicInteger REPOSITORIES = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static ServerUnderTest server;

    private String name = "";

    @BeforeAll
    static void start() {
        server = ServerUnderTest.start(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected Storage open() {
        name = "deep/r" + REPOSITORIES.incrementAndGet();
        return handle();
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return handle();
    }

    private Storage handle() {
        String url = "http://who:sesame@127.0.0.1:" + server.port() + "/" + name;
        return new RestPlace().open(url, new PlaceSettings(Map.of(), folder, InstantSource.system()));
    }

    @Override
    protected java.util.List<String> credentials() {
        return java.util.List.of("who", "sesame");
    }

    @Override
    protected boolean plant(String path, byte[] content) {
        try {
            Path file = folder.resolve(name).resolve(path);
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
