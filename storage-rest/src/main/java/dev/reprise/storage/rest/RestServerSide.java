package dev.reprise.storage.rest;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.setup.Purpose;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.setup.Setup;
import dev.reprise.storage.setup.Setup.Form;
import dev.reprise.storage.setup.Setup.Part;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How a server of restic's REST protocol is set up.
final class RestServerSide implements ServerSide {
    private final RestAddress address;
    private final Function<ObjectKey, String> date;

    /// @param date asks the server for an object, and gives the answer's `Date`; empty for none
    RestServerSide(RestAddress address, Function<ObjectKey, String> date) {
        this.address = address;
        this.date = date;
    }

    @Override
    public @Nullable Instant clock(ObjectKey fresh) {
        return ServerSide.moment(date.apply(fresh));
    }

    @Override
    public Setup setup(Purpose purpose) {
        String user = address.user().isEmpty() ? "USER" : address.user();
        String appending = purpose == Purpose.PRUNE ? "" : " --append-only";
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(
                Form.COMMANDS,
                "on that server: a user of its own",
                "htpasswd -B /etc/reprise/users " + user + "    # -c as well for the first one"));
        parts.add(new Part(
                Form.COMMANDS,
                "the server, as its unit starts it",
                "reprise restic serve --path /srv/backup --listen " + listen()
                        + " \\\n  --htpasswd-file /etc/reprise/users --private-repos" + appending
                        + " \\\n  --tls --tls-cert /etc/reprise/cert.pem --tls-key /etc/reprise/key.pem"));
        parts.add(new Part(Form.NOTE, "mind", notes(purpose, user)));
        return new Setup(parts);
    }

    private String listen() {
        return address.socket() == null ? ":" + address.port() : "unix:" + address.socket();
    }

    private String notes(Purpose purpose, String user) {
        List<String> notes = new ArrayList<>();
        notes.add("--private-repos gives each user the folder of the own name only: /" + user + "/ in the URL.");
        notes.add(
                purpose == Purpose.PRUNE
                        ? "Without --append-only a thief with this password can delete everything: better prune on the"
                                + " server itself, where the repository is a folder."
                        : "--append-only lets go of locks and of nothing else; prune on the server itself, where the"
                                + " repository is a folder.");
        if (!address.tls() && address.socket() == null) {
            notes.add("This URL is without TLS: the password can be read on the way.");
        }
        return String.join("\n", notes);
    }
}
