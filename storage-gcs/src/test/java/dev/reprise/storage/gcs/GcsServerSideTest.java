package dev.reprise.storage.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.storage.setup.Purpose;
import dev.reprise.storage.setup.Setup;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GcsServerSideTest {
    private static String setup(Purpose purpose) {
        var side = new GcsServerSide(new GcsAddress("shop", "production"), _ -> "");
        return side.setup(purpose).parts().stream().map(Setup.Part::text).collect(Collectors.joining("\n"));
    }

    @Test
    void a_backup_may_create_everywhere_and_remove_what_passes() {
        assertThat(setup(Purpose.BACKUP))
                .contains(
                        "gcloud storage buckets update gs://shop \\\n  --uniform-bucket-level-access"
                                + " --public-access-prevention --versioning",
                        "--role=roles/storage.objectViewer \\\n  --condition=None",
                        "--role=roles/storage.objectCreator \\\n  --condition='title=reprise-write,expression="
                                + "resource.name.startsWith(\"projects/_/buckets/shop/objects/production/\")'",
                        "--role=roles/storage.objectUser \\\n  --condition='title=reprise-passing,expression="
                                + "resource.name.startsWith(\"projects/_/buckets/shop/objects/production/locks/\") || "
                                + "resource.name.startsWith(\"projects/_/buckets/shop/objects/production/reprise/partial/\")'");
    }

    @Test
    void a_restore_reads_and_a_prune_removes() {
        assertThat(setup(Purpose.RESTORE)).contains("objectViewer").doesNotContain("objectCreator", "objectUser");
        assertThat(setup(Purpose.PRUNE)).contains("objectUser").doesNotContain("objectCreator");
    }

    @Test
    void an_answer_without_a_date_tells_no_time() {
        var key = dev.reprise.storage.ObjectKey.CONFIG;
        assertThat(new GcsServerSide(new GcsAddress("shop", ""), _ -> "").clock(key))
                .isNull();
        assertThat(new GcsServerSide(new GcsAddress("shop", ""), _ -> "Thu, 01 Jan 1970 00:00:07 GMT").clock(key))
                .hasToString("1970-01-01T00:00:07Z");
    }
}
