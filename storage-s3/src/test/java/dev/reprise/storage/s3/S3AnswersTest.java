package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Storage.Draft;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.bucket.Bucket.Listed;
import dev.reprise.storage.bucket.BucketException;
import dev.reprise.storage.immutability.CreateOnlyVerdict.Answer;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.s3.StubServer.Asked;
import dev.reprise.storage.s3.StubServer.Reply;
import dev.reprise.storage.url.PlaceSettings;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Answers no real server gives on demand, from a stub, and what is sent to it.
class S3AnswersTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final ObjectKey PACK = ObjectKey.of(ObjectType.PACK, ObjectId.hash(CONTENT));
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));

    private final StubServer stub = new StubServer();

    @AfterEach
    void stop() {
        stub.close();
    }

    private S3Storage open(Map<String, String> options) {
        PlaceSettings settings = Opening.settings(NOON, options, Map.of());
        S3Address address = S3Address.parse("http://127.0.0.1:" + stub.port() + "/bucket/p");
        return new S3Storage(address, S3Options.of(address, settings), settings, 10, 10);
    }

    private static StorageException failure(Runnable action) {
        try {
            action.run();
        } catch (StorageException e) {
            return e;
        }
        throw new AssertionError("should have failed");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            503 | SlowDown              | THROTTLED
            429 | TooManyRequests       | THROTTLED
            409 | OperationAborted      | THROTTLED
            500 | InternalError         | UNREACHABLE
            503 | ServiceUnavailable    | UNREACHABLE
            502 | BadGateway            | UNREACHABLE
            400 | RequestTimeout        | UNREACHABLE
            400 | BadDigest             | UNREACHABLE
            507 | InsufficientStorage   | FULL
            403 | QuotaExceeded         | FULL
            403 | AccessDenied          | DENIED
            400 | ExpiredToken          | DENIED
            412 | PreconditionFailed    | OTHER
            501 | NotImplemented        | OTHER
            404 | NoSuchBucket          | NOT_FOUND
            404 | NotFound              | OTHER
            """)
    void an_error_has_a_kind_and_is_asked_for_once(int status, String code, Kind kind) {
        stub.answers(status, StubServer.error(code));
        try (Storage storage = open(Map.of())) {
            StorageException failed = failure(() -> storage.write(PACK, CONTENT));
            assertThat(failed.kind()).isEqualTo(kind);
            assertThat(failed.fact()).contains(code, "said the stub");
            assertThat(stub.asked()).hasSize(1);
        }
    }

    /// A proxy's or a wrong server's 404 says nothing about the object.
    @Test
    void an_absence_not_said_in_the_words_of_s3_is_none() {
        stub.answers(404, "<html>not here</html>");
        try (Storage storage = open(Map.of())) {
            assertThat(failure(() -> storage.readAll(PACK)).kind()).isEqualTo(Kind.OTHER);
            stub.answers(404, StubServer.error("NoSuchKey"));
            assertThat(failure(() -> storage.readAll(PACK)).kind()).isEqualTo(Kind.NOT_FOUND);
        }
    }

    /// As Amazon does where the right to list is bound to a prefix, which a look at one object does not name.
    @Test
    void an_object_one_may_not_ask_for_is_absent_only_if_the_listing_says_so() {
        String name = "p/" + PACK.path();
        String nothing = "<ListBucketResult><Name>bucket</Name><Prefix>" + name + "</Prefix></ListBucketResult>";
        String something =
                nothing.replace("</Prefix>", "</Prefix><Contents><Key>" + name + "</Key><Size>3</Size></Contents>");
        try (Storage storage = open(Map.of())) {
            forbidding(200, nothing);
            assertThat(storage.size(PACK)).isEqualTo(-1);
            assertThat(failure(() -> storage.readAll(PACK)).kind()).isEqualTo(Kind.NOT_FOUND);

            for (String other : List.of(something, "<ListBucketResult/>", "<html/>")) {
                forbidding(200, other);
                assertThat(failure(() -> storage.size(PACK)).kind()).as(other).isEqualTo(Kind.DENIED);
                assertThat(failure(() -> storage.readAll(PACK)).kind()).isEqualTo(Kind.DENIED);
            }
            for (int status : new int[] {403, 500}) {
                forbidding(status, StubServer.error("AccessDenied"));
                assertThat(failure(() -> storage.size(PACK)).kind()).isEqualTo(Kind.DENIED);
            }
        }
    }

    private void forbidding(int status, String listing) {
        stub.answers(request -> request.target().contains("list-type=2")
                ? new Reply(status, Map.of("Content-Type", "application/xml"), listing)
                : new Reply(403, Map.of(), StubServer.error("AccessDenied")));
    }

    @Test
    void a_bucket_elsewhere_is_told_with_its_region() {
        stub.answers(request ->
                new Reply(301, Map.of("x-amz-bucket-region", "eu-central-1"), StubServer.error("PermanentRedirect")));
        try (Storage storage = open(Map.of())) {
            StorageException elsewhere = failure(() -> storage.list(ObjectType.KEY, object -> {}));
            assertThat(elsewhere.fact()).endsWith("the bucket lies in the region eu-central-1");
            assertThat(elsewhere.hint()).startsWith("use -o s3.region=eu-central-1");
        }
    }

    @Test
    void a_body_that_ends_early_may_be_asked_for_again() {
        stub.answers(request -> new Reply(200, Map.of(), "abc", 100));
        try (Storage storage = open(Map.of())) {
            StorageException cut = failure(() -> storage.readAll(PACK));
            assertThat(cut.kind()).isEqualTo(Kind.UNREACHABLE);
        }
    }

    @Test
    void a_server_that_ignores_a_range_or_sends_another_is_not_believed() {
        try (Storage storage = open(Map.of())) {
            stub.answers(200, "abcdefgh");
            assertThat(failure(() -> storage.read(PACK, 2, 3, InputStream::readAllBytes))
                            .fact())
                    .endsWith("the server ignored the range");
            byte[] start = storage.read(PACK, 0, 3, InputStream::readAllBytes);
            assertThat(start).asString().isEqualTo("abc");
            stub.answers(request -> new Reply(206, Map.of("Content-Range", "bytes 3-5/8"), "def"));
            assertThat(failure(() -> storage.read(PACK, 2, 3, InputStream::readAllBytes))
                            .fact())
                    .endsWith("the server sent another range");
            stub.answers(request -> new Reply(206, Map.of("Content-Range", "bytes 2-4/8"), "cd"));
            assertThat(failure(() -> storage.read(PACK, 2, 3, InputStream::readAllBytes))
                            .fact())
                    .endsWith("the server sent another range");
        }
    }

    @Test
    void a_failure_of_the_reader_is_not_the_networks() {
        stub.answers(200, "abc");
        try (Storage storage = open(Map.of())) {
            StorageException failed = failure(() -> storage.read(PACK, 0, -1, body -> {
                throw new IOException("disk full");
            }));
            assertThat(failed.kind()).isEqualTo(Kind.OTHER);
            assertThat(failed.fact()).startsWith("could not use what was read").endsWith("disk full");
        }
    }

    /// XML has no words for some characters of names, and a listing that cannot be read is none.
    @Test
    void names_in_listings_are_asked_for_and_read_in_escapes() {
        stub.answers(200, """
                <ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>
                <Contents><Key>p/bell%07+%2B%25</Key><Size>3</Size></Contents></ListBucketResult>""");
        assertThat(listedByUser()).containsExactly("bell\u0007 +%");
        assertThat(stub.asked().getLast().target()).contains("encoding-type=url");
    }

    @Test
    void a_name_in_a_listing_that_is_no_name_is_an_error() {
        for (String name : List.of("p/%zz", "p/%2", "p/&#7;")) {
            stub.answers(200, """
                    <ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>
                    <Contents><Key>%s</Key><Size>3</Size></Contents></ListBucketResult>""".formatted(name));
            assertThatThrownBy(this::listedByUser).as(name).isInstanceOf(BucketException.class);
            try (Storage storage = open(Map.of())) {
                StorageException unread = failure(() -> storage.list(ObjectType.SNAPSHOT, _ -> {}));
                assertThat(unread.fact()).contains("list snapshots");
            }
        }
    }

    private List<String> listedByUser() {
        PlaceSettings settings = Opening.settings(NOON, Map.of(), Map.of());
        S3Address address = S3Address.parse("http://127.0.0.1:" + stub.port() + "/bucket/p");
        try (var bucket = new S3Bucket(address, S3Options.of(address, settings), settings)) {
            return bucket.list("", null).objects().stream().map(Listed::key).toList();
        }
    }

    @Test
    void a_listing_in_circles_ends_with_an_error() {
        stub.answers(200, """
                <ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>
                <NextMarker>again</NextMarker></ListBucketResult>""");
        for (String older : new String[] {"false", "true"}) {
            try (Storage storage = open(Map.of("s3.list-objects-v1", older))) {
                assertThat(failure(() -> storage.list(ObjectType.LOCK, object -> {}))
                                .fact())
                        .endsWith("goes round in circles");
            }
        }
    }

    @Test
    void a_listing_that_breaks_off_is_no_list() {
        stub.answers(200, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>");
        try (Storage storage = open(Map.of())) {
            assertThat(failure(() -> storage.list(ObjectType.LOCK, object -> {}))
                            .fact())
                    .endsWith("the server's listing breaks off");
        }
    }

    @Test
    void what_is_stored_carries_its_digest_class_encryption_and_retention() {
        var options = new HashMap<>(Map.of("s3.storage-class", "STANDARD_IA", "s3.sse", "aws:kms:key-7"));
        options.putAll(Map.of("s3.object-lock", "compliance", "s3.retain-days", "30"));
        try (Storage storage = open(options)) {
            storage.write(PACK, CONTENT);
            Asked put = stub.asked().getFirst();
            assertThat(put.method()).isEqualTo("PUT");
            assertThat(put.target()).isEqualTo("/bucket/p/" + PACK.path());
            assertThat(put.header("Content-MD5")).isEqualTo("Uonfc331cyb83SJZevsfrA==");
            assertThat(put.header("Content-Type")).isEqualTo("application/octet-stream");
            assertThat(put.header("x-amz-storage-class")).isEqualTo("STANDARD_IA");
            assertThat(put.header("x-amz-server-side-encryption")).isEqualTo("aws:kms");
            assertThat(put.header("x-amz-server-side-encryption-aws-kms-key-id"))
                    .isEqualTo("key-7");
            assertThat(put.header("x-amz-object-lock-mode")).isEqualTo("COMPLIANCE");
            assertThat(put.header("x-amz-object-lock-retain-until-date")).isEqualTo("2026-12-21T12:00:00Z");
            assertThat(put.headers()).doesNotContainKeys("Expect", "x-amz-trailer", "Content-Encoding");
            assertThat(put.header("User-Agent")).startsWith("reprise");
        }
    }

    @Test
    void a_lock_is_never_kept() {
        try (Storage storage = open(Map.of("s3.object-lock", "governance", "s3.retain-days", "1"))) {
            storage.write(ObjectKey.of(ObjectType.LOCK, ObjectId.hash(CONTENT)), CONTENT);
            assertThat(stub.asked().getFirst().headers()).doesNotContainKey("x-amz-object-lock-mode");
            storage.write(ObjectKey.of(ObjectType.INDEX, ObjectId.hash(CONTENT)), CONTENT);
            assertThat(stub.asked().getLast().header("x-amz-object-lock-mode")).isEqualTo("GOVERNANCE");
        }
    }

    @Test
    void an_archive_gets_contents_only() {
        try (Storage storage = open(Map.of("s3.storage-class", "GLACIER"))) {
            storage.write(PACK, CONTENT);
            try (Draft draft = storage.contentDraft()) {
                draft.append(CONTENT, 0, 3);
                draft.commit(PACK.name());
            }
            assertThat(stub.asked())
                    .extracting(request -> request.header("x-amz-storage-class"))
                    .containsExactly("", "GLACIER");
        }
    }

    /// Amazon compares a SHA-256, which the name is.
    @Test
    void at_amazon_the_name_is_the_digest() {
        try (Storage storage = open(Map.of("s3.provider", "aws", "s3.bucket-lookup", "path"))) {
            storage.write(PACK, CONTENT);
            Asked put = stub.asked().getFirst();
            assertThat(put.header("x-amz-checksum-sha256")).isEqualTo("A5BYxvLAy0ksUzsKTRTvd8wPeKvMztUofYShogEc+4E=");
            assertThat(put.headers()).doesNotContainKey("Content-MD5");
        }
    }

    @Test
    void parts_of_an_upload_that_failed_are_removed() {
        stub.answers(request -> parts(request, 204));
        try (Storage storage = open(Map.of())) {
            assertThat(failure(() -> storage.write(PACK, new byte[25])).fact()).doesNotContain("unfinished");
            assertThat(stub.asked().getLast().method()).isEqualTo("DELETE");
            assertThat(stub.asked().getLast().target()).endsWith("?uploadId=up-1");
        }
    }

    @Test
    void parts_that_cannot_be_removed_are_named() {
        stub.answers(request -> parts(request, 500));
        try (Storage storage = open(Map.of())) {
            StorageException failed = failure(() -> storage.write(PACK, new byte[25]));
            assertThat(failed.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failed.fact()).endsWith("its parts stay as the unfinished upload up-1");
        }
    }

    private static Reply parts(Asked request, int removal) {
        if (request.method().equals("DELETE")) {
            return new Reply(removal, Map.of(), removal == 204 ? "" : StubServer.error("InternalError"));
        }
        if (request.target().contains("uploads")) {
            return new Reply(200, Map.of(), """
                    <InitiateMultipartUploadResult><UploadId>up-1</UploadId></InitiateMultipartUploadResult>""");
        }
        boolean second = request.target().contains("partNumber=2");
        return new Reply(second ? 500 : 200, Map.of("ETag", "\"e\""), second ? StubServer.error("InternalError") : "");
    }

    @Test
    void an_archived_object_says_how_to_have_it_back() {
        stub.answers(403, StubServer.error("InvalidObjectState"));
        try (Storage storage = open(Map.of())) {
            StorageException archived = failure(() -> storage.readAll(PACK));
            assertThat(archived.fact()).endsWith("it lies in an archive class");
            assertThat(archived.hint()).contains("s3.enable-restore=true");
        }
    }

    @Test
    void an_archived_object_is_brought_back_before_reading_if_that_is_wanted() {
        var state = new HashMap<String, String>();
        stub.answers(request -> switch (request.method()) {
            case "POST" -> {
                state.put("restored", request.target());
                yield new Reply(202, Map.of(), "");
            }
            case "HEAD" -> new Reply(200, Map.of("x-amz-restore", "ongoing-request=\"false\", expiry-date=\"x\""), "");
            default ->
                state.isEmpty()
                        ? new Reply(403, Map.of(), StubServer.error("InvalidObjectState"))
                        : new Reply(200, Map.of(), "back");
        });
        try (Storage storage = open(Map.of("s3.enable-restore", "true"))) {
            assertThat(storage.readAll(PACK)).asString().isEqualTo("back");
            assertThat(state.get("restored")).endsWith("?restore");
        }
    }

    @Test
    void a_store_that_ignores_create_only_is_named() {
        try (Storage storage = open(Map.of())) {
            var probe = Objects.requireNonNull(storage.capability(Immutability.class))
                    .probeCreateOnly(4);
            assertThat(probe.answer()).isEqualTo(Answer.IGNORED);
            assertThat(probe.winners()).isEqualTo(4);
        }
    }

    @Test
    void a_store_that_fails_to_answer_gets_no_verdict() {
        stub.answers(request -> new Reply(request.method().equals("PUT") ? 501 : 204, Map.of(), ""));
        try (Storage storage = open(Map.of())) {
            var probe = Objects.requireNonNull(storage.capability(Immutability.class))
                    .probeCreateOnly(4);
            assertThat(probe.answer()).isEqualTo(Answer.UNSUPPORTED);
            assertThat(probe.detail()).startsWith("501");
        }
    }

    @Test
    void a_proxy_named_by_the_environment_is_used() {
        PlaceSettings settings = Opening.settings(
                InstantSource.system(), Map.of(), Map.of("HTTP_PROXY", "http://127.0.0.1:" + stub.port()));
        stub.answers(request -> new Reply(200, Map.of(), "", 77));
        try (Storage storage = new S3Place().open("http://s3.invalid/bucket", settings)) {
            assertThat(storage.size(PACK)).isEqualTo(77);
            assertThat(stub.asked().getFirst().target()).startsWith("http://s3.invalid/bucket/data/");
        }
    }

    @Test
    void a_provider_without_object_lock_has_no_such_capability() {
        try (Storage storage = open(Map.of("s3.provider", "garage"))) {
            assertThat(storage.capability(Immutability.class)).isNull();
        }
    }
}
