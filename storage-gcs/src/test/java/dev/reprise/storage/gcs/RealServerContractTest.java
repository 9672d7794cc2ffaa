package dev.reprise.storage.gcs;

import dev.reprise.storage.Storage;
import dev.reprise.storage.suite.StorageContract;
import dev.reprise.storage.suite.Storm;
import dev.reprise.testkit.store.StoreProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A bucket of fake-gcs-server, which others wrote.
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealServerContractTest extends StorageContract {
    private StoreProcess server;
    private int buckets;
    private String address = "";

    @BeforeAll
    void start(@TempDir Path folder) {
        server = StoreProcess.start(StoreProcess.Kind.FAKE_GCS, folder);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Storage handle() {
        return Opening.at(
                server.endpoint().toString(), address, Map.of(), InstantSource.system(), Duration.ofMinutes(1));
    }

    @Override
    protected Storage open() {
        buckets++;
        address = "bucket" + buckets + ":/some/where";
        return handle();
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return handle();
    }

    /// The same contract behind all wrappers, when the way to the server is bad.
    @Nested
    class UnderFaults extends StorageContract {
        @Override
        protected Storage open() {
            return Storm.over(RealServerContractTest.this.open());
        }

        @Override
        protected boolean failsAtTimes() {
            return true;
        }
    }
}
