package dev.reprise.operations.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.tree.NodeType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeTarTest {
    private final SampleRepository sample = new SampleRepository();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        sample.close();
    }

    private Map<String, TarArchiveEntry> entries(byte[] tar, Map<String, String> contents) throws IOException {
        Map<String, TarArchiveEntry> entries = new TreeMap<>();
        try (var in = new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8")) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), entry);
                contents.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return entries;
    }

    private byte[] tar(ObjectId root) throws IOException {
        sample.finish();
        var out = new ByteArrayOutputStream();
        try (var reader = new TreeReader(sample.repository, sample.index)) {
            TreeTar.write(reader, root, out);
        }
        return out.toByteArray();
    }

    @Test
    void holds_names_contents_links_and_times() throws IOException {
        String longName = "n".repeat(255);
        ObjectId inner = sample.tree(sample.file("grüße", "hello"), sample.file(longName, "long"));
        byte[] tar = tar(sample.tree(
                SampleRepository.dir("dir", inner),
                sample.file("file", "one ", "two"),
                SampleRepository.symlink("link", "dir/grüße")));

        Map<String, String> contents = new TreeMap<>();
        Map<String, TarArchiveEntry> entries = entries(tar, contents);

        assertThat(entries).containsOnlyKeys("dir/", "dir/grüße", "dir/" + longName, "file", "link");
        assertThat(contents).containsEntry("file", "one two").containsEntry("dir/grüße", "hello");
        assertThat(entries)
                .hasEntrySatisfying(
                        "link", link -> assertThat(link.getLinkName()).isEqualTo("dir/grüße"));
        assertThat(entries)
                .hasEntrySatisfying(
                        "file",
                        file -> assertThat(file.getLastModifiedTime().toMillis() / 1000)
                                .isEqualTo(SampleRepository.MTIME));
    }

    @Test
    void holds_the_bytes_of_attributes_and_parts_of_seconds() throws IOException {
        byte[] acl = {2, 0, 0, 0, (byte) 0xff, (byte) 0xff, '\n', 0, (byte) 0xc3};
        byte[] tar = tar(sample.tree(
                new SampleRepository.Sample(RawName.of("with"), NodeType.FILE)
                        .attribute("system.posix_acl_access", acl)
                        .node(),
                new SampleRepository.Sample(RawName.of("without"), NodeType.SOCKET).node()));

        String bytes = new String(tar, StandardCharsets.ISO_8859_1);
        String value = new String(acl, StandardCharsets.ISO_8859_1);
        assertThat(bytes)
                .contains("30 mtime=1700000000.123456789\n50 SCHILY.xattr.system.posix_acl_access=" + value + "\n");
        Map<String, TarArchiveEntry> entries = entries(tar, new TreeMap<>());
        assertThat(entries).containsOnlyKeys("with");
    }

    @Test
    void of_a_damaged_tree_fails_and_leaves_no_file() throws IOException {
        ObjectId root = sample.tree(SampleRepository.file("lost", 5, List.of(ObjectId.hash(new byte[] {1}))));
        sample.finish();
        try (var reader = new TreeReader(sample.repository, sample.index)) {
            assertThatThrownBy(
                            () -> ArtifactFile.writeGzip(folder, "x.tar.gz", out -> TreeTar.write(reader, root, out)))
                    .hasMessageContaining("no index names it");
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void an_artifact_is_for_its_owner_and_the_same_every_time() throws IOException {
        byte[] content = "content ".repeat(20_000).getBytes(StandardCharsets.UTF_8);
        ArtifactFile.writeGzip(folder, "a.gz", out -> out.write(content));
        ArtifactFile.writeGzip(folder, "b.gz", out -> {
            for (byte one : content) {
                out.write(one);
            }
        });
        Path first = folder.resolve("a.gz");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first)))
                .isEqualTo("rw-------");
        assertThat(Files.readAllBytes(first)).isEqualTo(Files.readAllBytes(folder.resolve("b.gz")));
        try (var in = new GZIPInputStream(Files.newInputStream(first))) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }
}
