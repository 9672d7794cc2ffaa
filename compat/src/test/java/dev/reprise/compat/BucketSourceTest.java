package dev.reprise.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.app.WiredPlaces;
import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.storage.Storage;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.Bucket.Found;
import dev.reprise.storage.bucket.Bucket.Properties;
import dev.reprise.storage.bucket.BucketException;
import dev.reprise.storage.spool.Spool;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.testkit.restic.StockRestic;
import dev.reprise.testkit.store.S3ProxyServer;
import dev.reprise.testkit.store.StoreCredentials;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A bucket behind a server, saved with `reprise backup` and put back.
@Timeout(120)
class BucketSourceTest {
    private static final String PASSWORD = "of buckets";
    private static final Properties PLAIN = new Properties(Map.of("content-type", "text/plain"), Map.of(), Map.of());

    private static S3ProxyServer server;

    @TempDir
    private Path home;

    private String bucket;
    private RepriseStack reprise;

    @BeforeAll
    static void start() {
        server = new S3ProxyServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void configure(TestInfo test) throws IOException {
        String name = test.getTestMethod().orElseThrow().getName().replace('_', '-');
        bucket = "s3:" + server.endpoint() + "/" + name.substring(0, Math.min(50, name.length()));
        for (String url : List.of(bucket, other())) {
            try (var storage = WiredPlaces.all().open(url, settings())) {
                storage.create();
            }
        }
        Files.writeString(home.resolve("reprise.yaml"), """
                repositories:
                  main: {location: repository, password: {env: REPRISE_TEST_PASSWORD}}
                sources:
                  documents:
                    kind: bucket
                    url: "%s"
                    connections: 4
                jobs:
                  nightly: {sources: [documents], repository: main}
                """.formatted(bucket));
        Map<String, String> environment = new TreeMap<>(StoreCredentials.variables());
        environment.put("REPRISE_TEST_PASSWORD", PASSWORD);
        environment.put("HOME", home.toString());
        reprise = new RepriseStack(home, environment);
        Storage storage = WiredPlaces.all().open("local:" + home.resolve("repository"), settings());
        storage.create();
        Repository.init(
                        storage,
                        Secret.of(PASSWORD),
                        new Repository.InitOptions(2, null, CheapRepository.COSTS),
                        new SecureRandom(),
                        InstantSource.system())
                .close();
    }

    private String other() {
        return bucket + "-other";
    }

    private PlaceSettings settings() {
        return new PlaceSettings(StoreCredentials.variables(), home, InstantSource.system());
    }

    private Bucket open(String url) {
        return WiredPlaces.all().bucket(url, settings());
    }

    private void put(String url, String key, byte[] content, Properties properties) {
        try (Bucket opened = open(url);
                var spool = new Spool(home)) {
            spool.append(content, 0, content.length);
            opened.write(key, properties, spool, false);
        }
    }

    private void put(String key, String content) {
        put(bucket, key, content.getBytes(UTF_8), PLAIN);
    }

    private void delete(String url, String key) {
        try (Bucket opened = open(url)) {
            opened.delete(key);
        }
    }

    private Read read(String url, String key) {
        var bytes = new ByteArrayOutputStream();
        var found = new ArrayList<Found>();
        try (Bucket opened = open(url)) {
            opened.read(key, 0, "", new Bucket.Sink() {
                @Override
                public void begin(Found object) {
                    found.add(object);
                }

                @Override
                public void bytes(byte[] buffer, int offset, int length) {
                    bytes.write(buffer, offset, length);
                }
            });
        }
        return new Read(bytes.toByteArray(), found.getFirst());
    }

    private record Read(byte[] bytes, Found found) {
        String text() {
            return new String(bytes, UTF_8);
        }
    }

    private List<String> keys(String url) {
        try (Bucket opened = open(url)) {
            return opened.list("", null).objects().stream()
                    .map(Bucket.Listed::key)
                    .sorted()
                    .toList();
        }
    }

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(bytes).nextBytes(noise);
        return noise;
    }

    @Test
    void what_was_saved_comes_back_into_another_bucket_with_what_is_kept_beside_it() {
        byte[] large = noise(17_000_000); // more than goes in one request
        put("a/b", "below a folder");
        put("a-b", "sorts before it");
        put(
                bucket,
                "plans/größe 1+1=2 50%.html",
                "<p>".getBytes(UTF_8),
                new Properties(
                        Map.of(
                                "content-type",
                                "text/html;charset=utf-8",
                                "cache-control",
                                "max-age=60",
                                "content-language",
                                "de"),
                        Map.of("owner", "finance"),
                        Map.of()));
        put(bucket, "large", large, PLAIN);
        put("empty", "");

        assertThat(reprise.ok("backup").out()).contains("recovery point");
        RepriseStack.Result restored = reprise.ok("restore", "documents", "--to", other(), "--verify");

        assertThat(restored.out()).contains("all 5 objects of the point are there, equal in bytes, metadata and tags");
        assertThat(keys(other())).isEqualTo(keys(bucket));
        assertThat(read(other(), "a/b").text()).isEqualTo("below a folder");
        assertThat(read(other(), "large").bytes()).isEqualTo(large);
        Found found = read(other(), "plans/größe 1+1=2 50%.html").found();
        assertThat(found.properties().headers())
                .containsEntry("content-type", "text/html;charset=utf-8")
                .containsEntry("cache-control", "max-age=60")
                .containsEntry("content-language", "de");
        assertThat(found.properties().metadata()).containsEntry("owner", "finance");
    }

    @Test
    void only_changed_objects_are_read_again_and_older_points_stay() {
        put("kept", "as it was");
        put("changed", "first");
        put("removed", "soon gone");
        reprise.ok("backup");
        put("changed", "second");
        delete(bucket, "removed");
        put("added", "new");

        reprise.ok("backup");

        String snapshots = RepriseRestic.of(home.resolve("repository"), PASSWORD)
                .ok("snapshots", "--json", "--latest", "1")
                .out();
        assertThat(snapshots).contains("\"files_new\":1", "\"files_changed\":1", "\"files_unmodified\":1");
        reprise.ok("restore", "documents", "--to", other());
        assertThat(keys(other())).containsExactly("added", "changed", "kept");
        assertThat(read(other(), "changed").text()).isEqualTo("second");
    }

    @Test
    void prefixes_and_single_objects_come_back_alone() {
        put("photos/2025/a", "a");
        put("photos/2026/b", "b");
        put("photos/2026/bc", "bc");
        put("notes", "n");
        reprise.ok("backup");

        reprise.ok("restore", "documents", "--to", other(), "--option", "prefix=photos/2026/b");
        assertThat(keys(other())).containsExactly("photos/2026/b", "photos/2026/bc");
        reprise.ok("restore", "documents", "--to", other() + "/below", "--option", "object=notes");
        assertThat(keys(other())).containsExactly("below/notes", "photos/2026/b", "photos/2026/bc");

        RepriseStack.Result none =
                reprise.run("restore", "documents", "--to", other(), "--option", "object=photos/2026");
        assertThat(none.status()).isEqualTo(1);
        assertThat(none.err()).contains("the point has no object \"photos/2026\"");
    }

    @Test
    void what_differs_is_refused_shown_and_replaced_only_when_asked() {
        put("same", "same");
        put("other", "ours");
        reprise.ok("backup");
        put(other(), "same", "same".getBytes(UTF_8), PLAIN);
        put(other(), "other", "theirs".getBytes(UTF_8), PLAIN);
        put(other(), "surplus", "theirs".getBytes(UTF_8), PLAIN);

        RepriseStack.Result refused = reprise.run("restore", "documents", "--to", other());
        assertThat(refused.status()).isEqualTo(22);
        assertThat(refused.err()).contains("1 objects in " + other() + " are others than in the point, such as other");
        assertThat(read(other(), "other").text()).isEqualTo("theirs");

        RepriseStack.Result shown =
                reprise.ok("restore", "documents", "--to", other(), "--replace", "--delete", "--dry-run");
        assertThat(shown.out())
                .contains("would: leave 1 objects (4 B) that are there already")
                .contains("would: replace 1 objects that differ (4 B): other")
                .contains("would: remove 1 objects (6 B) that the point does not have: surplus");
        assertThat(keys(other())).containsExactly("other", "same", "surplus");

        RepriseStack.Result unasked = reprise.run("restore", "documents", "--to", other(), "--replace", "--delete");
        assertThat(unasked.status()).isNotZero();
        assertThat(keys(other())).containsExactly("other", "same", "surplus");

        reprise.ok("restore", "documents", "--to", other(), "--replace", "--delete", "--yes");
        assertThat(keys(other())).containsExactly("other", "same");
        assertThat(read(other(), "other").text()).isEqualTo("ours");

        assertThat(reprise.ok("restore", "documents", "--to", other(), "--replace", "--delete", "--verify")
                        .out())
                .contains("will: leave 2 objects")
                .contains("0 objects, 0 B, 0 removed")
                .doesNotContain("will: write");
    }

    @Test
    void stock_restic_lists_checks_and_restores_it() throws IOException {
        put("50%/done", "escaped");
        put("deep/er/file", "plain");
        reprise.ok("backup");
        StockRestic restic = StockRestic.of("0.19", home.resolve("repository"), PASSWORD);

        restic.ok("check", "--read-data");
        assertThat(restic.ok("ls", "latest").out()).contains("/documents/50%25/done\n", "/documents/deep/er/file\n");
        restic.ok("restore", "latest", "--target", home.resolve("back").toString());

        assertThat(home.resolve("back/documents/50%25/done")).hasContent("escaped");
        Path file = home.resolve("back/documents/deep/er/file");
        assertThat(file).hasContent("plain");
        assertThat(Files.getAttribute(file, "user:reprise.object.content-type"))
                .isEqualTo("text/plain".getBytes(UTF_8));

        reprise.ok("restore", "documents", "--to", home.resolve("folder").toString(), "--include", "/deep");
        assertThat(home.resolve("folder/deep/er/file")).hasContent("plain");
        assertThat(home.resolve("folder/50%25")).doesNotExist();
    }

    @Test
    void a_bucket_that_is_not_there_fails_the_run() throws IOException {
        Files.writeString(
                home.resolve("reprise.yaml"),
                Files.readString(home.resolve("reprise.yaml")).replace(bucket, bucket + "-absent"));

        RepriseStack.Result failed = reprise.run("backup");

        assertThat(failed.status()).isEqualTo(21);
        assertThat(failed.err()).contains("there is no such bucket").contains("no recovery point was written");
        assertThatThrownBy(() -> keys(bucket + "-absent")).isInstanceOf(BucketException.class);
    }
}
