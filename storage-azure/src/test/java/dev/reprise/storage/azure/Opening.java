package dev.reprise.storage.azure;

import dev.reprise.storage.Storage;
import dev.reprise.storage.azure.AzureStorage.Limits;
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
    /// The key every Azurite has, which its makers published.
    static final String KEY =
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private Opening() {}

    static Storage at(FakeAzure server, String address, Map<String, String> environment) {
        return at(server, address, environment, InstantSource.system(), Duration.ofMinutes(1));
    }

    static Storage at(
            FakeAzure server, String address, Map<String, String> environment, InstantSource clock, Duration stuck) {
        return at(server, address, environment, Map.of(), Limits.USUAL, clock, stuck);
    }

    static Storage at(FakeAzure server, String address, Map<String, String> options, Limits limits) {
        Map<String, String> key = Map.of("AZURE_ACCOUNT_KEY", KEY);
        return at(server, address, key, options, limits, InstantSource.system(), Duration.ofMinutes(1));
    }

    private static Storage at(
            FakeAzure server,
            String address,
            Map<String, String> environment,
            Map<String, String> options,
            Limits limits,
            InstantSource clock,
            Duration stuck) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("AZURE_STORAGE_SERVICE_ENDPOINT", server.url() + "/account/");
        all.putIfAbsent("AZURE_ACCOUNT_NAME", "account");
        all.putIfAbsent("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.url());
        return AzurePlace.open(address, settings(all, options, clock, stuck), limits);
    }

    static PlaceSettings settings(
            Map<String, String> environment, Map<String, String> options, InstantSource clock, Duration stuck) {
        var transport = new Transport(List.of(), null, false, "reprise", stuck);
        return new PlaceSettings(environment, Path.of("/"), options, transport, RateLimits.NONE, clock);
    }
}
