package dev.reprise.storage.rest;

import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceKind;
import dev.reprise.storage.url.PlaceSettings;
import java.util.List;

/// Repositories on a server of restic's REST protocol: `rest:https://user:password@host:8000/path/`, and over a Unix
/// socket `rest:http+unix:///run/server.sock:/path/`. Without credentials in the URL those of `RESTIC_REST_USERNAME`
/// and `RESTIC_REST_PASSWORD` are used.
public final class RestPlace implements PlaceKind {
    private static final String CONNECTIONS = "rest.connections";
    private static final int USUAL_CONNECTIONS = 5;
    private static final int MOST_CONNECTIONS = 1000;

    @Override
    public String scheme() {
        return "rest";
    }

    @Override
    public List<PlaceOption> options() {
        return List.of(new PlaceOption(CONNECTIONS, "requests at a time, 2 or more (default: 5)"));
    }

    @Override
    public Storage open(String address, PlaceSettings settings) {
        RestAddress server = RestAddress.parse(
                address, settings.variable("RESTIC_REST_USERNAME"), settings.variable("RESTIC_REST_PASSWORD"));
        int connections = settings.number(CONNECTIONS, USUAL_CONNECTIONS, 2, MOST_CONNECTIONS);
        var dialer = new Dialer(server, settings.transport(), WebProxy.of(settings.environment(), server));
        var client = new RestClient(server, settings.transport(), dialer);
        return new RestStorage(server, client, settings.temporaryFolder(), connections);
    }
}
