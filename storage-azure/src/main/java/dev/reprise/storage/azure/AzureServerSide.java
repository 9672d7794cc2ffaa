package dev.reprise.storage.azure;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.setup.Purpose;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.setup.Setup;
import dev.reprise.storage.setup.Setup.Form;
import dev.reprise.storage.setup.Setup.Part;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How an account, a container and an identity are set up.
final class AzureServerSide implements ServerSide {
    private static final String BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

    private final AzureAddress address;
    private final Account account;
    private final Function<ObjectKey, String> date;

    /// @param date asks the service for a blob, and gives the answer's `Date`; empty for none
    AzureServerSide(AzureAddress address, Account account, Function<ObjectKey, String> date) {
        this.address = address;
        this.account = account;
        this.date = date;
    }

    @Override
    public @Nullable Instant clock(ObjectKey fresh) {
        return ServerSide.moment(date.apply(fresh));
    }

    @Override
    public Setup setup(Purpose purpose) {
        return new Setup(List.of(
                new Part(Form.COMMANDS, "TLS alone, no public, versions kept", String.join("\n", ofAccount())),
                new Part(Form.COMMANDS, "rights of the identity", role(purpose)),
                new Part(Form.NOTE, "mind", notes(purpose))));
    }

    private List<String> ofAccount() {
        return List.of(
                "az storage account update --name " + account.name()
                        + " \\\n  --https-only true --min-tls-version TLS1_2 --allow-blob-public-access false",
                "az storage account blob-service-properties update --account-name " + account.name()
                        + " \\\n  --enable-versioning true --enable-delete-retention true --delete-retention-days 30");
    }

    private String role(Purpose purpose) {
        String role = purpose == Purpose.RESTORE ? "Storage Blob Data Reader" : "Storage Blob Data Contributor";
        String assigned = "az role assignment create --assignee IDENTITY --role \"" + role
                + "\" \\\n  --scope \"$(az storage account show --name " + account.name()
                + " --query id --output tsv)/blobServices/default/containers/" + address.container() + "\"";
        return purpose == Purpose.BACKUP
                ? assigned + " \\\n  --condition-version 2.0 --condition '" + onlyWhatPasses() + "'"
                : assigned;
    }

    private String onlyWhatPasses() {
        return "((!(ActionMatches{'\\''" + BLOBS + "/delete'\\''})) OR (" + below("locks/") + " OR "
                + below("reprise/partial/") + "))";
    }

    private String below(String folder) {
        String name = address.name(folder).replaceAll("[^A-Za-z0-9/._ -]", "?"); // any one character
        return "@Resource[" + BLOBS + ":path] StringLike '\\''" + name + "*'\\''";
    }

    private static String notes(Purpose purpose) {
        String all = "Azure encrypts everything at rest by itself. A key of the account, and whoever holds it, may do"
                + " anything: prefer an identity, or a signature (SAS) for the container.";
        return purpose == Purpose.BACKUP
                ? all
                        + "\nAn identity that may add may also overwrite: it is the versions that are kept. A signature with"
                        + "\nthe permissions read, list and create, and neither write nor delete, may only add; locks of"
                        + "\nits runs stay until they are stale."
                : all;
    }
}
