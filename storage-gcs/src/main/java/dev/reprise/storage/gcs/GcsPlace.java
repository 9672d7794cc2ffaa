package dev.reprise.storage.gcs;

import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceKind;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.web.Web;
import java.util.List;

/// Repositories in Google Cloud Storage: `gs:bucket:/prefix`.
public final class GcsPlace implements PlaceKind {
    private static final String CONNECTIONS = "gs.connections";
    private static final String REGION = "gs.region";
    private static final int USUAL_CONNECTIONS = 5;
    private static final int MOST_CONNECTIONS = 256;

    @Override
    public String scheme() {
        return "gs";
    }

    @Override
    public List<PlaceOption> options() {
        return List.of(
                new PlaceOption(CONNECTIONS, "operations at a time (default: 5)"),
                new PlaceOption(REGION, "region to create the bucket in (default: us)"));
    }

    /// Asks nobody yet: the first operation finds credentials and connects.
    @Override
    public Storage open(String address, PlaceSettings settings) {
        GcsAddress parsed = GcsAddress.parse(address);
        int connections = settings.number(CONNECTIONS, USUAL_CONNECTIONS, 1, MOST_CONNECTIONS);
        var web = new Web(settings, "Google Cloud Storage");
        var door = new GcsDoor(Endpoint.of(settings), TokenChoice.of(settings, web), web);
        var bucket = new GcsStorage.Bucket(settings.variable("GOOGLE_PROJECT_ID"), settings.option(REGION, "us"));
        return new GcsStorage(parsed, door, bucket, connections, settings.temporaryFolder());
    }
}
