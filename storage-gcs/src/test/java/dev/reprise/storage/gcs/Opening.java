package dev.reprise.storage.gcs;

import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.PlaceSettings.RateLimits;
import dev.reprise.storage.url.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Opens places as the command line does.
final class Opening {
    private Opening() {}

    static Storage at(FakeGcs server, String address, Map<String, String> environment) {
        return at(server, address, environment, InstantSource.system(), Duration.ofMinutes(1));
    }

    static Storage at(
            FakeGcs server, String address, Map<String, String> environment, InstantSource clock, Duration stuck) {
        return at(server.url(), address, environment, clock, stuck);
    }

    /// @param url of the server
    static Storage at(
            String url, String address, Map<String, String> environment, InstantSource clock, Duration stuck) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("STORAGE_EMULATOR_HOST", url + "/storage/v1/");
        all.putIfAbsent("GOOGLE_PROJECT_ID", "project");
        var transport = new Transport(List.of(), null, false, "reprise", stuck);
        var settings = new PlaceSettings(all, Path.of("/"), Map.of(), transport, RateLimits.NONE, clock);
        return new GcsPlace().open(address, settings);
    }
}
