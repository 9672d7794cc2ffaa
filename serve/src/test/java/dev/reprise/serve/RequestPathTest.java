package dev.reprise.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.serve.RequestPath.Subject;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @Test
    void folders_end_where_a_repository_begins() {
        assertThat(RequestPath.parse("/")).isEqualTo(new RequestPath(List.of(), new Subject.Whole()));
        assertThat(RequestPath.parse("/a/b/")).isEqualTo(new RequestPath(List.of("a", "b"), new Subject.Whole()));
        assertThat(RequestPath.parse("/a/config"))
                .isEqualTo(new RequestPath(List.of("a"), new Subject.One(ObjectKey.CONFIG)));
        assertThat(RequestPath.parse("/a/b/locks/"))
                .isEqualTo(new RequestPath(List.of("a", "b"), new Subject.All(ObjectType.LOCK)));
        assertThat(RequestPath.parse("/data/" + ID))
                .isEqualTo(new RequestPath(List.of(), new Subject.One(new ObjectKey(ObjectType.PACK, ID))));
        assertThat(RequestPath.parse("/%C3%A4%20b/keys/"))
                .isEqualTo(new RequestPath(List.of("ä b"), new Subject.All(ObjectType.KEY)));
    }

    @Test
    void the_folders_restic_does_not_know_are_found_at_every_depth() {
        for (String at : List.of("/", "/a/", "/a/b/")) {
            RequestPath path = RequestPath.parse(at + "reprise/points/" + ID);
            assertThat(path)
                    .isNotNull()
                    .extracting(RequestPath::subject)
                    .isEqualTo(new Subject.One(new ObjectKey(ObjectType.POINT, ID)));
        }
        assertThat(RequestPath.parse("/reprise/snapshots/"))
                .isEqualTo(new RequestPath(List.of("reprise"), new Subject.All(ObjectType.SNAPSHOT)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "x",
                "/a",
                "/a/b",
                "/a/b/c/",
                "/a/b/c/config",
                "//config",
                "/a//config",
                "/../config",
                "/./config",
                "/a/../config",
                "/%2e%2e/config",
                "/%2E%2E/%2e%2e/config",
                "/..%2f..%2fetc/config",
                "/a%2f..%2f..%2fb/config",
                "/a%5c..%5cb/config",
                "/a%00/config",
                "/a%0a/config",
                "/.htpasswd/config",
                "/%/config",
                "/%4/config",
                "/%zz/config",
                "/%ff/config",
                "/%c0%ae%c0%ae/config",
                "/a;x=1/config",
                "/a/data",
                "/a/data/x",
                "/a/data/..",
                "/a/data/../config",
                "/a/data/00/",
                "/a/b/reprise/points",
                "/a/reprise/elsewhere/",
                "/a/config/",
                "/a/config/x"
            })
    void everything_else_names_nothing(String raw) {
        assertThat(RequestPath.parse(raw)).isNull();
    }

    @Test
    void names_longer_than_a_file_may_have_and_ids_of_other_shapes_name_nothing() {
        assertThat(RequestPath.parse("/" + "a".repeat(255) + "/config")).isNotNull();
        assertThat(RequestPath.parse("/" + "a".repeat(256) + "/config")).isNull();
        assertThat(RequestPath.parse("/" + "%C3%A4".repeat(128) + "/config")).isNull();
        assertThat(RequestPath.parse("/data/" + ID.toUpperCase(java.util.Locale.ROOT)))
                .isNull();
        assertThat(RequestPath.parse("/data/" + ID + "0")).isNull();
        assertThat(RequestPath.parse("/data/" + ID.substring(1))).isNull();
        assertThat(RequestPath.parse("/data/" + ID + "/")).isNull();
    }
}
