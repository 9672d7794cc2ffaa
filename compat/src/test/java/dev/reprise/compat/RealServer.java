package dev.reprise.compat;

import dev.reprise.app.WiredPlaces;
import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.testkit.rest.StockRestServer;
import dev.reprise.testkit.store.StoreCredentials;
import dev.reprise.testkit.store.StoreProcess;
import dev.reprise.testkit.store.StoreProcess.Kind;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/// Servers repositories lie on that take long to fetch or to start.
enum RealServer {
    SEAWEEDFS,
    VERSITYGW,
    MINIO,
    FAKE_GCS,
    REST_SERVER,
    RCLONE;

    /// @param folder an empty one
    Running start(Path folder) {
        return switch (this) {
            case SEAWEEDFS -> buckets(StoreProcess.start(Kind.SEAWEEDFS, folder));
            case VERSITYGW -> buckets(StoreProcess.start(Kind.VERSITYGW, folder));
            case MINIO -> buckets(StoreProcess.start(Kind.MINIO, folder));
            case FAKE_GCS -> google(StoreProcess.start(Kind.FAKE_GCS, folder));
            case REST_SERVER -> rest(StockRestServer.restServer(folder, "--no-auth"));
            case RCLONE -> rest(StockRestServer.rclone(folder));
        };
    }

    private static Running buckets(StoreProcess store) {
        String base = "s3:" + store.endpoint() + "/%s/deep";
        return new Running(base, StoreCredentials.variables(), store::close);
    }

    private static Running google(StoreProcess store) {
        Map<String, String> variables = Map.of(
                "STORAGE_EMULATOR_HOST", store.endpoint() + "/storage/v1/",
                "GOOGLE_PROJECT_ID", "project",
                "GOOGLE_ACCESS_TOKEN", "any");
        // restic makes no bucket on a server that is not Google's.
        var settings = new PlaceSettings(variables, Path.of("/"), InstantSource.system());
        try (Storage bucket = WiredPlaces.all().open("gs:theirs:/deep", settings)) {
            bucket.create();
        }
        return new Running("gs:%s:/deep", variables, store::close);
    }

    private static Running rest(StockRestServer server) {
        return new Running("rest:" + server.url() + "%s/", Map.of(), server::close);
    }

    /// @param base      of a repository's URL, `%s` for its name
    /// @param variables that let every client in
    /// @param stop      ends it
    record Running(String base, Map<String, String> variables, Runnable stop) implements AutoCloseable {
        String url(String name) {
            return base.formatted(name);
        }

        @Override
        public void close() {
            stop.run();
        }
    }
}
