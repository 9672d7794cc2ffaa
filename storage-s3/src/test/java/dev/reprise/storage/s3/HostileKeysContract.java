package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.Bucket.Found;
import dev.reprise.storage.bucket.Bucket.Listed;
import dev.reprise.storage.bucket.Bucket.Properties;
import dev.reprise.storage.bucket.BucketException;
import dev.reprise.storage.bucket.BucketException.Kind;
import dev.reprise.storage.spool.Spool;
import dev.reprise.testkit.store.StoreProcess;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users name their objects as they like. What a server takes is listed, read, described and removed under its own
/// name, and nothing else is touched.
abstract class HostileKeysContract {
    /// As long as S3 allows, in steps and in one.
    static final String LONG = "123456\u00fc/".repeat(113) + "1234567";

    static final String LONG_NAME = "\u00fc".repeat(512);

    /// Texts S3 allows as keys: up to 1024 bytes of UTF-8.
    private static final List<String> KEYS = List.of(
            "plain",
            " spaces around ",
            "plus+plus",
            "percent%",
            "percent%20",
            "percent%2Fslash",
            "a=1&b=2?c#d",
            "semi;colon:comma,at@dollar$",
            "<xml attribute=\"'\">&amp;]]>",
            "back\\slash",
            "br[ack]{et}^`|~*!()",
            "compos\u00e9",
            "decompose\u0301",
            "\ud83d\ude00",
            "\u0627\u0644\u0639",
            "tab\there",
            "line\nfeed",
            "carriage\rreturn",
            "bell\u0007",
            "escape\u001b[31m",
            "delete\u007f",
            "next\u0085line",
            "separator\u2028line",
            "no character\ufffe",
            "/leading",
            "//two leading",
            "trailing/",
            "two trailing//",
            "in//the middle",
            "./here",
            "in/./the middle",
            "../up",
            "in/../the middle",
            "up at the end/..",
            "...",
            "both",
            "both/object and prefix",
            LONG,
            LONG_NAME);

    private static final Map<String, String> TAGS = Map.of("owner", "finance + law", "state/of=it", "50 percent");

    @TempDir
    private Path folder;

    private String bucket = "";

    abstract StoreProcess store();

    /// Keys this server refuses to store, or stores under another name or without its bytes.
    abstract Set<String> untaken();

    @BeforeEach
    void createBucket() {
        bucket = Opening.newBucket();
        try (S3Storage storage = Opening.at(store().endpoint(), bucket, Opening.settings(Map.of()))) {
            storage.create();
        }
    }

    private S3Bucket open(Map<String, String> options) {
        var settings = Opening.settings(options);
        S3Address address = S3Address.parse(store().endpoint() + "/" + bucket);
        return new S3Bucket(address, S3Options.of(address, settings), settings);
    }

    private static byte[] content(String key) {
        return ("content of " + key).getBytes(StandardCharsets.UTF_8);
    }

    private static Properties properties(String key) {
        return new Properties(
                Map.of("content-type", "text/plain"), Map.of("number", String.valueOf(KEYS.indexOf(key))), TAGS);
    }

    private void write(Bucket bucket, String key) {
        try (var spool = new Spool(folder)) {
            byte[] content = content(key);
            spool.append(content, 0, content.length);
            bucket.write(key, properties(key), spool, false);
        }
    }

    /// Those the server took and keeps under their names; no others are left.
    private List<String> fill(Bucket bucket) {
        List<String> taken = new ArrayList<>();
        Set<String> untaken = new HashSet<>();
        for (String key : KEYS) {
            try {
                write(bucket, key);
                taken.add(key);
            } catch (BucketException e) {
                untaken.add(key);
            }
        }
        List<String> listed = listed(bucket, "");
        for (String key : taken) {
            if (!listed.contains(key) || bucket.look(key).size() != content(key).length) {
                untaken.add(key);
                bucket.delete(key);
            }
        }
        assertThat(untaken).isEqualTo(untaken());
        taken.removeAll(untaken);
        return taken;
    }

    private static List<String> listed(Bucket bucket, String prefix) {
        List<String> keys = new ArrayList<>();
        @Nullable String from = null;
        do {
            Bucket.Page page = bucket.list(prefix, from);
            page.objects().stream().map(Listed::key).forEach(keys::add);
            from = page.next();
        } while (from != null);
        return keys;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void every_key_a_server_takes_is_listed_read_and_described_as_it_is(boolean older) {
        try (S3Bucket objects = open(Map.of("s3.list-objects-v1", String.valueOf(older)))) {
            List<String> taken = fill(objects);
            assertThat(listed(objects, "")).containsExactlyInAnyOrderElementsOf(taken);
            for (String key : taken) {
                assertThat(listed(objects, key)).as("listing of \"%s\"", key).contains(key);
                Read read = read(objects, key);
                assertThat(read.bytes()).as("\"%s\"", key).isEqualTo(content(key));
                for (Found each : List.of(read.found(), objects.look(key))) {
                    assertThat(each.size()).isEqualTo(content(key).length);
                    assertThat(each.properties().metadata())
                            .isEqualTo(properties(key).metadata());
                }
                SortedMap<String, String> tags = objects.tags(key, read.found().version());
                assertThat(tags).as("tags of \"%s\"", key).isEqualTo(new TreeMap<>(TAGS));
            }
        }
    }

    @Test
    void removing_one_object_removes_no_other() {
        try (S3Bucket objects = open(Map.of())) {
            List<String> left = new ArrayList<>(fill(objects));
            while (!left.isEmpty()) {
                String key = left.removeLast();
                objects.delete(key);
                assertThat(listed(objects, ""))
                        .as("after removing \"%s\"", key)
                        .containsExactlyInAnyOrderElementsOf(left);
                assertThatThrownBy(() -> objects.look(key))
                        .as("\"%s\"", key)
                        .isInstanceOfSatisfying(
                                BucketException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
            }
        }
    }

    private static Read read(Bucket bucket, String key) {
        var bytes = new ByteArrayOutputStream();
        List<Found> told = new ArrayList<>();
        bucket.read(key, 0, "", new Bucket.Sink() {
            @Override
            public void begin(Found object) {
                told.add(object);
            }

            @Override
            public void bytes(byte[] buffer, int offset, int length) {
                bytes.write(buffer, offset, length);
            }
        });
        return new Read(bytes.toByteArray(), told.getFirst());
    }

    private record Read(byte[] bytes, Found found) {}
}
