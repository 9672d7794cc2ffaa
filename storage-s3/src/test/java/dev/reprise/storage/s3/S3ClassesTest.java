package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.classes.StorageClasses;
import dev.reprise.storage.classes.StorageClasses.Access;
import dev.reprise.storage.classes.StorageClasses.ClassedObject;
import dev.reprise.storage.classes.StorageClasses.Moved;
import dev.reprise.storage.classes.StorageClasses.ObjectState;
import dev.reprise.storage.classes.StorageClasses.Thaw;
import dev.reprise.storage.classes.StorageClasses.Tier;
import dev.reprise.storage.s3.StubServer.Asked;
import dev.reprise.storage.s3.StubServer.Reply;
import dev.reprise.storage.url.PlaceSettings;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is asked of S3 about classes and what is made of its answers; the stub answers as its
/// vendor describes.
class S3ClassesTest {
    private static final ObjectKey PACK = ObjectKey.of(ObjectType.PACK, ObjectId.hash(new byte[] {1}));
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final StubServer stub = new StubServer();

    @AfterEach
    void stop() {
        stub.close();
    }

    private <T> T with(Map<String, String> options, Function<StorageClasses, T> use) {
        PlaceSettings settings = Opening.settings(InstantSource.fixed(NOON), options, Map.of());
        S3Address address = S3Address.parse("http://127.0.0.1:" + stub.port() + "/bucket/p");
        try (Storage storage = new S3Storage(address, S3Options.of(address, settings), settings)) {
            return use.apply(Objects.requireNonNull(storage.capability(StorageClasses.class)));
        }
    }

    private ObjectState looked(Map<String, String> headers) {
        stub.answers(_ -> new Reply(200, headers, "", 7));
        return with(Map.of(), classes -> classes.look(PACK));
    }

    @Test
    void a_look_tells_class_and_whether_it_can_be_read() {
        assertThat(looked(Map.of())).isEqualTo(new ObjectState(7, "STANDARD", Access.READABLE, null));
        assertThat(looked(Map.of("x-amz-storage-class", "GLACIER_IR")).access()).isEqualTo(Access.READABLE);
        assertThat(looked(Map.of("x-amz-storage-class", "DEEP_ARCHIVE")).access())
                .isEqualTo(Access.FROZEN);
        assertThat(looked(Map.of("x-amz-storage-class", "GLACIER", "x-amz-restore", "ongoing-request=\"true\""))
                        .access())
                .isEqualTo(Access.THAWING);
        assertThat(looked(Map.of(
                        "x-amz-storage-class",
                        "GLACIER",
                        "x-amz-restore",
                        "ongoing-request=\"false\", expiry-date=\"Fri, 27 Nov 2026 00:00:00 GMT\"")))
                .isEqualTo(new ObjectState(7, "GLACIER", Access.THAWED, Instant.parse("2026-11-27T00:00:00Z")));
        assertThat(looked(Map.of(
                                "x-amz-storage-class", "INTELLIGENT_TIERING", "x-amz-archive-status", "ARCHIVE_ACCESS"))
                        .access())
                .isEqualTo(Access.FROZEN);
    }

    @Test
    void a_listing_tells_class_and_age() {
        stub.answers(200, """
                <ListBucketResult><IsTruncated>false</IsTruncated>
                <Contents><Key>p/%s</Key><Size>3</Size><LastModified>2026-10-01T00:00:00.000Z</LastModified>
                <StorageClass>GLACIER</StorageClass></Contents></ListBucketResult>""".formatted(PACK.path()));
        List<ClassedObject> told = new ArrayList<>();
        with(Map.of(), classes -> {
            classes.list(ObjectType.PACK, told::add);
            return true;
        });
        assertThat(told).containsExactly(new ClassedObject(PACK, 3, "GLACIER", Instant.parse("2026-10-01T00:00:00Z")));
    }

    @Test
    void what_is_on_its_way_may_be_asked_for_again() {
        stub.answers(409, StubServer.error("RestoreAlreadyInProgress"));
        with(Map.of(), classes -> {
            classes.thaw(PACK, new Thaw(Tier.BULK, 3));
            return true;
        });
        assertThat(stub.asked().getFirst().target()).endsWith(PACK.name() + "?restore");
        stub.answers(400, StubServer.error("InvalidArgument"));
        assertThatThrownBy(() -> with(Map.of(), classes -> {
                    classes.thaw(PACK, new Thaw(Tier.EXPEDITED, 3));
                    return true;
                }))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("InvalidArgument");
    }

    /// Answers the first look with `before`, the copy with success, the second look with `after`.
    private Moved moved(Map<String, String> options, Map<String, String> before, Map<String, String> after) {
        var copied = new boolean[1];
        stub.answers(request -> {
            if (request.method().equals("PUT")) {
                copied[0] = true;
                return new Reply(200, Map.of(), "<CopyObjectResult><ETag>\"e\"</ETag></CopyObjectResult>");
            }
            Map<String, String> headers = new HashMap<>(copied[0] ? after : before);
            headers.put("ETag", "\"e1\"");
            return new Reply(200, headers, "", 7);
        });
        return with(options, classes -> classes.move(PACK, "GLACIER_IR", false));
    }

    @Test
    void an_object_is_moved_by_a_copy_onto_itself_of_what_was_looked_at() {
        Moved moved = moved(
                Map.of("s3.sse", "aws:kms:key-7"),
                Map.of("x-amz-storage-class", "STANDARD_IA"),
                Map.of("x-amz-storage-class", "GLACIER_IR"));
        assertThat(moved).isEqualTo(Moved.DONE);
        assertThat(stub.asked()).extracting(Asked::method).containsExactly("HEAD", "PUT", "HEAD");
        Asked copy = stub.asked().get(1);
        assertThat(copy.header("x-amz-copy-source")).isEqualTo("bucket/p/" + PACK.path());
        assertThat(copy.header("x-amz-copy-source-if-match")).isEqualTo("\"e1\"");
        assertThat(copy.header("x-amz-storage-class")).isEqualTo("GLACIER_IR");
        assertThat(copy.header("x-amz-metadata-directive")).isEqualTo("COPY");
        assertThat(copy.header("x-amz-server-side-encryption-aws-kms-key-id")).isEqualTo("key-7");
        assertThat(copy.target()).endsWith(PACK.name());
    }

    @Test
    void nothing_is_copied_that_is_there_kept_or_would_leave_its_old_version() {
        assertThat(moved(Map.of(), Map.of("x-amz-storage-class", "GLACIER_IR"), Map.of()))
                .isEqualTo(Moved.ALREADY);
        assertThat(moved(
                        Map.of(),
                        Map.of(
                                "x-amz-object-lock-mode",
                                "COMPLIANCE",
                                "x-amz-object-lock-retain-until-date",
                                "2026-11-22T00:00:00Z",
                                "x-amz-version-id",
                                "v1"),
                        Map.of()))
                .isEqualTo(Moved.KEPT);
        assertThat(moved(Map.of(), Map.of("x-amz-object-lock-legal-hold", "ON"), Map.of()))
                .isEqualTo(Moved.KEPT);
        assertThat(moved(Map.of(), Map.of("x-amz-version-id", "v1"), Map.of())).isEqualTo(Moved.VERSIONED);
        assertThat(stub.asked()).extracting(Asked::method).containsOnly("HEAD");
        stub.answers(404, "");
        Moved gone = with(Map.of(), classes -> classes.move(PACK, "GLACIER_IR", false));
        assertThat(gone).isEqualTo(Moved.GONE);
    }

    @Test
    void a_server_that_says_yes_and_does_nothing_is_not_believed() {
        assertThatThrownBy(() -> moved(Map.of(), Map.of(), Map.of()))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the server said yes, and it lies in the class STANDARD");
    }

    @Test
    void new_objects_and_thawing_go_by_the_options() {
        Map<String, String> options = Map.of(
                "s3.storage-class",
                "GLACIER",
                "s3.enable-restore",
                "true",
                "s3.restore-tier",
                "Bulk",
                "s3.restore-days",
                "2");
        Thaw wanted = with(options, classes -> {
            assertThat(classes.classOfNew(true)).isEqualTo("GLACIER");
            assertThat(classes.classOfNew(false)).isEqualTo("STANDARD");
            return Objects.requireNonNull(classes.wantedThaw());
        });
        assertThat(wanted).isEqualTo(new Thaw(Tier.BULK, 2));
        boolean silent = with(Map.of(), classes -> classes.wantedThaw() == null);
        assertThat(silent).isTrue();
    }
}
