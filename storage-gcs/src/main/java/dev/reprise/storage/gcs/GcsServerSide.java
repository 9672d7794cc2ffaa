package dev.reprise.storage.gcs;

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

/// How a bucket and a service account are set up.
final class GcsServerSide implements ServerSide {
    private final GcsAddress address;
    private final Function<ObjectKey, String> date;

    /// @param date asks the service for an object, and gives the answer's `Date`; empty for none
    GcsServerSide(GcsAddress address, Function<ObjectKey, String> date) {
        this.address = address;
        this.date = date;
    }

    @Override
    public @Nullable Instant clock(ObjectKey fresh) {
        return ServerSide.moment(date.apply(fresh));
    }

    @Override
    public Setup setup(Purpose purpose) {
        return new Setup(List.of(
                new Part(
                        Form.COMMANDS,
                        "rights by account alone, no public, versions kept",
                        "gcloud storage buckets update gs://" + address.bucket()
                                + " \\\n  --uniform-bucket-level-access --public-access-prevention --versioning"),
                new Part(Form.COMMANDS, "rights of the service account", String.join("\n", roles(purpose))),
                new Part(Form.NOTE, "mind", notes(purpose))));
    }

    /// Listing is a right on the bucket, which no condition on names can narrow.
    private List<String> roles(Purpose purpose) {
        List<String> roles = new ArrayList<>();
        roles.add(role("objectViewer", "reprise-read", ""));
        switch (purpose) {
            case BACKUP -> {
                roles.add(role("objectCreator", "reprise-write", starts("")));
                roles.add(
                        role("objectUser", "reprise-passing", starts("locks/") + " || " + starts("reprise/partial/")));
            }
            case PRUNE -> roles.add(role("objectUser", "reprise-prune", starts("")));
            case RESTORE -> {}
        }
        return roles;
    }

    private String role(String role, String title, String expression) {
        String condition = expression.isEmpty() ? "None" : "'title=" + title + ",expression=" + expression + "'";
        return "gcloud storage buckets add-iam-policy-binding gs://" + address.bucket()
                + " \\\n  --member=serviceAccount:ACCOUNT --role=roles/storage." + role + " \\\n  --condition="
                + condition;
    }

    private String starts(String below) {
        String name = "projects/_/buckets/" + address.bucket() + "/objects/"
                + (address.prefix().isEmpty() ? "" : address.prefix() + "/") + below;
        return "resource.name.startsWith(\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\")";
    }

    private String notes(Purpose purpose) {
        String all = "Google encrypts everything at rest by itself; --default-encryption-key sets a key of your own.";
        return purpose == Purpose.BACKUP
                ? all + "\nWho may create and not delete cannot overwrite here: these rights are append-only."
                : all;
    }
}
