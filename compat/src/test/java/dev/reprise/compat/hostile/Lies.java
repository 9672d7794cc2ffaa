package dev.reprise.compat.hostile;

import static dev.reprise.compat.hostile.HostileRepository.bomb;
import static dev.reprise.compat.hostile.HostileRepository.claiming;
import static dev.reprise.compat.hostile.HostileRepository.file;
import static dev.reprise.compat.hostile.HostileRepository.folder;
import static dev.reprise.compat.hostile.HostileRepository.symlink;
import static dev.reprise.compat.hostile.HostileRepository.text;

import com.github.luben.zstd.Zstd;
import dev.reprise.base.ObjectId;
import dev.reprise.compat.hostile.HostileRepository.Entry;
import dev.reprise.storage.ObjectType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Repositories that want to exhaust whoever opens them, or to write outside of a restore's target.
final class Lies {
    private Lies() {}

    interface Lie {
        void tell(HostileRepository repository);
    }

    /// Short name → how it is made.
    ///
    /// @param depth of folders in folders
    static Map<String, Lie> all(int depth) {
        Map<String, Lie> lies = new LinkedHashMap<>();
        lies.put(
                "a-snapshot-that-claims-4-GiB",
                repository -> repository.frame(ObjectType.SNAPSHOT, claiming(4L << 30)));
        lies.put(
                "a-snapshot-that-claims-2-to-the-62",
                repository -> repository.frame(ObjectType.SNAPSHOT, claiming(1L << 62)));
        lies.put("an-index-that-claims-4-GiB", repository -> {
            repository.frame(ObjectType.INDEX, claiming(4L << 30));
            good(repository);
        });
        lies.put("a-snapshot-of-60-MiB-of-spaces", repository -> repository.frame(ObjectType.SNAPSHOT, bomb(60)));
        lies.put("a-hundred-snapshots-of-20-MiB-of-path", repository -> {
            ObjectId tree = repository.tree("");
            repository.finish();
            String path = "x".repeat(20_000_000);
            for (int i = 0; i < 100; i++) {
                repository.document(
                        ObjectType.SNAPSHOT,
                        text("{\"time\":\"2026-01-15T10:00:00Z\",\"tree\":\"%s\",\"paths\":[\"/%d%s\"]}"
                                .formatted(tree.hex(), i, path)));
            }
        });
        lies.put("an-index-of-900-MiB-of-spaces", repository -> {
            repository.frame(ObjectType.INDEX, bomb(900));
            good(repository);
        });
        lies.put("an-index-that-names-one-blob-two-million-times", repository -> {
            var entry = new Entry("data", ObjectId.hash(text("x")), 0, 100, 0);
            repository.index(ObjectId.hash(text("pack")), Collections.nCopies(2_000_000, entry));
            good(repository);
        });
        lies.put("a-tree-whose-index-entry-claims-2-GiB", repository -> {
            ObjectId tree = ObjectId.hash(text("tree"));
            repository.stored("tree", tree, Zstd.compress(text("tree"), 1), Integer.MAX_VALUE);
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("a-tree-whose-frame-claims-2-GiB", repository -> {
            ObjectId tree = ObjectId.hash(text("tree"));
            repository.stored("tree", tree, claiming(Integer.MAX_VALUE), Integer.MAX_VALUE);
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("a-tree-of-500-MiB-of-spaces", repository -> {
            ObjectId tree = ObjectId.hash(text("tree"));
            repository.stored("tree", tree, bomb(500), 500 << 20);
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("a-file-of-a-500-MiB-blob", repository -> {
            ObjectId data = ObjectId.hash(text("data"));
            repository.stored("data", data, bomb(500), 500 << 20);
            ObjectId tree = repository.tree(file("big", 500 << 20, data));
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("a-blob-longer-than-its-pack", repository -> {
            ObjectId tree = repository.tree("");
            ObjectId pack = repository.packOf(List.of());
            repository.index(pack, List.of(new Entry("tree", tree, 0, Integer.MAX_VALUE, 0)));
            repository.snapshot(tree);
        });
        lies.put("folders-in-folders", repository -> {
            ObjectId tree = repository.tree(file("bottom", 0));
            for (int i = 0; i < depth; i++) {
                tree = repository.tree(folder("d", tree));
            }
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("folders-in-folders-each-with-a-missing-file", repository -> {
            ObjectId tree = repository.tree(file("bottom", 0));
            for (int i = 0; i < depth; i++) {
                tree = repository.tree(folder("d", tree) + "," + file("f" + i, 5, ObjectId.hash(text("" + i))));
            }
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("ten-folders-in-each-of-ten-folders-thirty-times", repository -> {
            ObjectId tree = repository.tree(file("bottom", 0));
            for (int level = 0; level < 30; level++) {
                List<String> nodes = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    nodes.add(folder("d" + i, tree));
                }
                tree = repository.tree(String.join(",", nodes));
            }
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("a-file-of-one-blob-90000-times", repository -> {
            ObjectId data = repository.data(text("!"));
            ObjectId[] ids = new ObjectId[90_000];
            Arrays.fill(ids, data);
            ObjectId tree = repository.tree(file("many", 90_000, ids));
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("a-file-that-claims-2-to-the-63", repository -> {
            ObjectId data = repository.data(text("!"));
            ObjectId tree = repository.tree(file("vast", Long.MAX_VALUE, data) + "," + file("vast2", 1L << 43, data));
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("names-that-lead-outside", repository -> {
            ObjectId data = repository.data(text("escaped"));
            ObjectId below = repository.tree(file("escaped", 7, data));
            List<String> nodes = new ArrayList<>();
            for (String name : List.of(
                    "..",
                    ".",
                    "",
                    "/",
                    "../escaped",
                    "a/escaped",
                    "/tmp/escaped-absolute",
                    "x/../../escaped",
                    "n".repeat(5_000))) {
                nodes.add(file(name, 7, data));
                nodes.add(folder(name, below));
            }
            ObjectId tree = repository.tree(String.join(",", nodes));
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("links-planted-by-earlier-nodes", repository -> {
            ObjectId data = repository.data(text("escaped"));
            ObjectId below = repository.tree(file("escaped", 7, data));
            ObjectId tree = repository.tree(String.join(
                    ",",
                    symlink("out", ".."),
                    folder("out", below),
                    symlink("file", "../escaped"),
                    file("file", 7, data),
                    symlink("abs", "/tmp"),
                    folder("abs", below),
                    folder("later", below),
                    symlink("later", "..")));
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put(
                "a-snapshot-nested-100000-deep",
                repository -> repository.document(
                        ObjectType.SNAPSHOT, text("{\"time\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}")));
        lies.put("a-tree-nested-100000-deep-in-json", repository -> {
            ObjectId tree = repository.tree(
                    "{\"name\":\"x\",\"type\":\"file\",\"y\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("keys-that-cost-a-year", repository -> {
            good(repository);
            for (String costs : List.of(
                    "\"N\":1073741824,\"r\":8,\"p\":1",
                    "\"N\":2,\"r\":1073741824,\"p\":1",
                    "\"N\":2,\"r\":1,\"p\":1073741824",
                    "\"N\":1048576,\"r\":8,\"p\":128",
                    "\"N\":524288,\"r\":8,\"p\":255",
                    "\"N\":8388608,\"r\":1,\"p\":128",
                    "\"N\":4294967296,\"r\":8,\"p\":1",
                    "\"N\":-8,\"r\":8,\"p\":1")) {
                repository.store(
                        ObjectType.KEY,
                        text("{\"kdf\":\"scrypt\",%s,\"salt\":\"%s\",\"data\":\"%s\"}"
                                .formatted(costs, "A".repeat(86) + "==", "A".repeat(200))));
            }
        });
        lies.put("blobs-that-all-start-at-the-same-byte", repository -> {
            var entries = new ArrayList<Entry>();
            for (int i = 0; i < 60_000; i++) {
                entries.add(new Entry("data", ObjectId.hash(text("b" + i)), 0, 100, 0));
            }
            repository.index(ObjectId.hash(text("pack")), entries);
            good(repository);
        });
        lies.put("blobs-whose-ids-start-the-same", repository -> {
            var entries = new ArrayList<Entry>();
            for (int i = 0; i < 60_000; i++) {
                entries.add(new Entry("data", ObjectId.parse("%064x".formatted(i + 1)), 100L * i, 100, 0));
            }
            repository.index(ObjectId.hash(text("pack")), entries);
            ObjectId[] ids = new ObjectId[60_000];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = ObjectId.parse("%064x".formatted(i + 1));
            }
            ObjectId tree = repository.tree(file("colliding", 5, ids));
            repository.finish();
            repository.snapshot(tree);
        });
        lies.put("locks-of-nonsense", repository -> {
            good(repository);
            repository.document(ObjectType.LOCK, text("{\"time\":\"9999-12-31T23:59:59Z\",\"pid\":-1}"));
            repository.document(ObjectType.LOCK, text("{\"time\":\"0000-00-00T00:00:00Z\",\"pid\":99999999999}"));
            repository.frame(ObjectType.LOCK, bomb(60));
        });
        lies.put("points-of-nonsense", repository -> {
            good(repository);
            repository.frame(ObjectType.POINT, bomb(60));
            repository.document(ObjectType.POINT, text("{\"format\":1,\"sources\":" + "[".repeat(5_000)));
            repository.document(ObjectType.POINT, text("[]"));
        });
        return lies;
    }

    private static void good(HostileRepository repository) {
        ObjectId data = repository.data(text("good"));
        ObjectId tree = repository.tree(file("good", 4, data));
        repository.finish();
        repository.snapshot(tree);
    }
}
