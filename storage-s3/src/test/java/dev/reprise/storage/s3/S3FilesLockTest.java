package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.storage.Storage;
import dev.reprise.storage.plain.PlainFiles;
import dev.reprise.storage.s3.StubServer.Asked;
import dev.reprise.storage.s3.StubServer.Reply;
import dev.reprise.storage.url.PlaceSettings;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is asked for plain files where objects are to be kept; no server within a process keeps any.
class S3FilesLockTest {
    private static final Map<String, String> KEPT = Map.of("s3.object-lock", "compliance", "s3.retain-days", "30");

    private final StubServer stub = new StubServer();

    @AfterEach
    void stop() {
        stub.close();
    }

    private List<Asked> sent(Map<String, String> options, int bytes) {
        var noon = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
        PlaceSettings settings = Opening.settings(noon, options, Map.of());
        S3Address address = S3Address.parse("http://127.0.0.1:" + stub.port() + "/bucket/p");
        stub.answers(request -> switch (request.method()) {
            case "HEAD" -> new Reply(404, Map.of(), "");
            case "PUT" -> new Reply(200, Map.of("ETag", "\"tag\""), "");
            default ->
                new Reply(
                        200,
                        Map.of(),
                        request.target().endsWith("uploads")
                                ? "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
                                : "<CompleteMultipartUploadResult><ETag>tag</ETag></CompleteMultipartUploadResult>");
        });
        try (Storage storage = new S3Storage(address, S3Options.of(address, settings), settings, 1 << 20, 5 << 20)) {
            Objects.requireNonNull(storage.capability(PlainFiles.class))
                    .create("2026-11-21/a.dump", out -> out.write(new byte[bytes]));
        }
        return stub.asked().stream()
                .filter(request -> !request.method().equals("HEAD"))
                .toList();
    }

    @Test
    void a_file_is_kept_as_the_options_ask() {
        assertThat(sent(KEPT, 5)).singleElement().satisfies(put -> {
            assertThat(put.header("x-amz-object-lock-mode")).isEqualTo("COMPLIANCE");
            assertThat(put.header("x-amz-object-lock-retain-until-date")).isEqualTo("2026-12-21T12:00:00Z");
        });
    }

    @Test
    void a_file_in_parts_is_kept_as_the_options_ask() {
        assertThat(sent(KEPT, 2 << 20).getFirst()).satisfies(begun -> {
            assertThat(begun.target()).endsWith("?uploads");
            assertThat(begun.header("x-amz-object-lock-mode")).isEqualTo("COMPLIANCE");
            assertThat(begun.header("x-amz-object-lock-retain-until-date")).isEqualTo("2026-12-21T12:00:00Z");
        });
    }

    @Test
    void nothing_is_asked_for_without_the_option() {
        assertThat(sent(Map.of(), 5))
                .singleElement()
                .satisfies(put -> assertThat(put.headers().keySet())
                        .noneMatch(
                                name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("x-amz-object-lock")));
    }
}
