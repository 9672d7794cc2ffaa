package dev.reprise.storage.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.setup.Purpose;
import dev.reprise.storage.setup.Setup;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RestServerSideTest {
    private static String setup(String address, Purpose purpose) {
        var side = new RestServerSide(RestAddress.parse(address, "web1", "hush"), _ -> "");
        return side.setup(purpose).parts().stream().map(Setup.Part::text).collect(Collectors.joining("\n"));
    }

    @Test
    void a_server_for_backups_is_append_only() {
        assertThat(setup("https://backup.example:8000/web1/", Purpose.BACKUP))
                .contains("htpasswd -B /etc/reprise/users web1 ", "--listen :8000", "--private-repos --append-only")
                .doesNotContain("hush", "without TLS");
        assertThat(setup("https://backup.example:8000/web1/", Purpose.PRUNE)).contains("--private-repos \\\n");
    }

    @Test
    void a_password_that_can_be_read_on_the_way_is_told() {
        assertThat(setup("http://backup.example:8000/web1/", Purpose.BACKUP)).contains("without TLS");
        assertThat(setup("http+unix:///run/rest.sock:/web1/", Purpose.BACKUP))
                .contains("--listen unix:/run/rest.sock")
                .doesNotContain("without TLS");
    }

    @Test
    void the_answers_date_is_the_servers_time() {
        var address = RestAddress.parse("http://127.0.0.1:1/", "", "");
        assertThat(new RestServerSide(address, _ -> "Thu, 01 Jan 1970 00:00:07 GMT").clock(ObjectKey.CONFIG))
                .hasToString("1970-01-01T00:00:07Z");
        assertThat(new RestServerSide(address, _ -> "yesterday").clock(ObjectKey.CONFIG))
                .isNull();
    }
}
