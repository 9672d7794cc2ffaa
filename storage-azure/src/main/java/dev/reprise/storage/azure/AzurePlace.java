package dev.reprise.storage.azure;

import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceKind;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.web.Web;
import java.util.List;

/// Repositories in Azure Blob Storage: `azure:container:/prefix`.
public final class AzurePlace implements PlaceKind {
    private static final String CONNECTIONS = "azure.connections";
    private static final String TIER = "azure.access-tier";
    private static final int USUAL_CONNECTIONS = 5;
    private static final int MOST_CONNECTIONS = 256;

    @Override
    public String scheme() {
        return "azure";
    }

    @Override
    public List<PlaceOption> options() {
        return List.of(
                new PlaceOption(CONNECTIONS, "operations at a time (default: 5)"),
                new PlaceOption(
                        TIER, "tier of new blobs; Archive takes contents of files only (default: the account's)"));
    }

    /// Asks nobody yet: the first operation finds credentials and connects.
    @Override
    public Storage open(String address, PlaceSettings settings) {
        return open(address, settings, AzureStorage.Limits.USUAL);
    }

    static AzureStorage open(String address, PlaceSettings settings, AzureStorage.Limits limits) {
        AzureAddress parsed = AzureAddress.parse(address);
        int connections = settings.number(CONNECTIONS, USUAL_CONNECTIONS, 1, MOST_CONNECTIONS);
        AccessTier tier = AccessTier.of(settings.option(TIER, ""));
        Account account = Account.of(settings);
        var web = new Web(settings, "Azure Blob Storage");
        var door = new AzureDoor(account, Access.of(settings, account, web), web, settings.clock());
        var failures = new AzureFailures(parsed, door.access(), settings.clock());
        var upload = new AzureUpload(parsed, door, limits);
        return new AzureStorage(parsed, door, failures, upload, tier, limits, connections, settings.temporaryFolder());
    }
}
