package dev.reprise.storage.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.setup.Purpose;
import dev.reprise.storage.setup.Setup;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AzureServerSideTest {
    private static AzureServerSide side(String date) {
        return new AzureServerSide(
                new AzureAddress("backups", "host's/one"), new Account("shop", "https://x", ""), _ -> date);
    }

    private static String setup(Purpose purpose) {
        return side("").setup(purpose).parts().stream().map(Setup.Part::text).collect(Collectors.joining("\n"));
    }

    @Test
    void a_backup_adds_everywhere_and_removes_what_passes() {
        assertThat(setup(Purpose.BACKUP))
                .contains(
                        "az storage account update --name shop \\\n  --https-only true",
                        "--role \"Storage Blob Data Contributor\" \\\n  --scope \"$(az storage account show --name shop"
                                + " --query id --output tsv)/blobServices/default/containers/backups\" \\\n",
                        "((!(ActionMatches{'\\''Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'\\''}))"
                                + " OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]"
                                + " StringLike '\\''host?s/one/locks/*'\\'' OR ",
                        "StringLike '\\''host?s/one/reprise/partial/*'\\''))'");
    }

    @Test
    void a_restore_reads_and_a_prune_removes() {
        assertThat(setup(Purpose.RESTORE)).contains("Data Reader").doesNotContain("Contributor", "--condition");
        assertThat(setup(Purpose.PRUNE)).contains("Data Contributor").doesNotContain("--condition");
    }

    @Test
    void an_answer_without_a_date_tells_no_time() {
        assertThat(side("").clock(ObjectKey.CONFIG)).isNull();
        assertThat(side("Thu, 01 Jan 1970 00:00:07 GMT").clock(ObjectKey.CONFIG))
                .hasToString("1970-01-01T00:00:07Z");
    }
}
