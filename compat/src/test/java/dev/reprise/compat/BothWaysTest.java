package dev.reprise.compat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// On every server that can be had.
@Tag("long")
class BothWaysTest {
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnRealServer extends BothWaysContract {
        private final RealServer kind;
        private RealServer.Running running;

        OnRealServer(RealServer kind) {
            this.kind = kind;
        }

        @BeforeAll
        void start(@TempDir Path folder) {
            running = kind.start(folder);
        }

        @AfterAll
        void stop() {
            running.close();
        }

        @Override
        String url(String name) {
            return running.url(name);
        }

        @Override
        Map<String, String> variables() {
            return running.variables();
        }
    }

    @Nested
    class OnSeaweedFs extends OnRealServer {
        OnSeaweedFs() {
            super(RealServer.SEAWEEDFS);
        }
    }

    @Nested
    class OnVersityGateway extends OnRealServer {
        OnVersityGateway() {
            super(RealServer.VERSITYGW);
        }
    }

    @Nested
    class OnMinio extends OnRealServer {
        OnMinio() {
            super(RealServer.MINIO);
        }
    }

    @Nested
    class OnFakeGcs extends OnRealServer {
        OnFakeGcs() {
            super(RealServer.FAKE_GCS);
        }
    }

    @Nested
    class OnRestServer extends OnRealServer {
        OnRestServer() {
            super(RealServer.REST_SERVER);
        }
    }

    @Nested
    class OnRclone extends OnRealServer {
        OnRclone() {
            super(RealServer.RCLONE);
        }
    }
}
