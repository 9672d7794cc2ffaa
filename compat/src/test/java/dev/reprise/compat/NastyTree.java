package dev.reprise.compat;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTarget;
import dev.reprise.sources.files.FileTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// A folder with everything that has ever gone wrong in a backup: names in no encoding, links of both kinds,
/// devices, set-id bits, attributes, times before 1970, holes, files of one chunk and of many.
final class NastyTree {
    static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private final FileTarget target;
    private final Random random;
    private int clock;

    private NastyTree(FileTarget target, long seed) {
        this.target = target;
        this.random = new Random(seed);
    }

    static void write(Path folder, long seed) throws IOException {
        try (FileTarget target = FileTarget.open(folder)) {
            new NastyTree(target, seed).fill();
        }
    }

    private void fill() throws IOException {
        file("empty.txt", new byte[0], 0100644);
        file("small.txt", "small file\n".getBytes(StandardCharsets.UTF_8), 0100640);
        file("grüße-日本語-😀.txt", "unicode\n".getBytes(StandardCharsets.UTF_8), 0100644);
        file("e\u0301-decomposed", "nfd\n".getBytes(StandardCharsets.UTF_8), 0100644);
        file("html<&>\"back\\slash.txt", "html\n".getBytes(StandardCharsets.UTF_8), 0100644);
        file("nbsp\u00a0zwsp\u200bls\u2028bom\ufeff", new byte[] {1}, 0100644);
        file("unicode-15-\ud83e\udee8-16-\ud83e\udee9", new byte[] {2}, 0100644);
        raw(new byte[] {'l', (byte) 0xe9, (byte) 0xfc, '\t', '\n', 1, 0x7f}, "latin1\n");
        raw(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, "surrogate\n");
        file("mode-000", "no permissions\n".getBytes(StandardCharsets.UTF_8), 0100000);
        file("set-id", "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8), 0106755);
        file("many-chunks.bin", bytes(5_000_000), 0100644);
        file("text.txt", "the same line again and again\n".repeat(60_000).getBytes(StandardCharsets.UTF_8), 0100644);
        holes("holes.bin");
        directory("dir", 0040755);
        directory("dir/empty", 0041777);
        for (int i = 0; i < 40; i++) {
            file("dir/file-" + i, bytes(random.nextInt(40_000)), 0100600 + random.nextInt(0200));
        }
        target.link(path("dir/hard-b"), path("small.txt"), true);
        link("dir/link", "../small.txt");
        link("dangling", "no/where");
        target.symlink(List.of(RawName.of("link-nonutf8")), RawName.of(new byte[] {'b', (byte) 0xff, 'd'}), true);
        link("link-control", "a\bb\fc\u0001<&>");
        attributes("attributes");
        special("fifo", 0010644, 0);
        if (ROOT) {
            special("char", 0020644, 1 << 8 | 3);
            special("block", 0060640, 7 << 8);
            file("foreign", "owner\n".getBytes(StandardCharsets.UTF_8), 0100644);
            apply(path("foreign"), meta(0100644, 12345, 54321, 4_102_444_800L, 0), List.of());
        }
        apply(path("empty.txt"), meta(0100644, ids(), ids(), -1, 1), List.of());
        apply(path("dir/empty"), meta(0041777, ids(), ids(), 1_700_000_000L, 0), List.of());
        apply(path("dir"), meta(0040750, ids(), ids(), 1_700_000_001L, 500_000_000), List.of());
    }

    /// Changes some of it: content, names, kinds.
    static void change(Path folder, long seed) throws IOException {
        try (FileTarget target = FileTarget.open(folder)) {
            var tree = new NastyTree(target, seed);
            tree.clock = 1000;
            tree.file("small.txt", "second edition\n".getBytes(StandardCharsets.UTF_8), 0100640);
            tree.file("new-" + seed, tree.bytes(700_000), 0100644);
            target.delete(path("dir/file-7"));
            tree.directory("dir/file-7", 0040700);
            tree.file("dir/file-8", tree.bytes(100), 0100644);
        }
    }

    private void file(String name, byte[] content, int mode) throws IOException {
        write(path(name), content, mode);
    }

    private void raw(byte[] name, String content) throws IOException {
        write(List.of(RawName.of(name)), content.getBytes(StandardCharsets.UTF_8), 0100644);
    }

    private void write(List<RawName> path, byte[] content, int mode) throws IOException {
        try (var file = target.file(path, true)) {
            file.truncate(0);
            file.write(0, content, 0, content.length);
        }
        apply(path, next(mode), List.of());
    }

    private void holes(String name) throws IOException {
        try (var file = target.file(path(name), true)) {
            file.write(1 << 20, "island".getBytes(StandardCharsets.UTF_8), 0, 6);
            file.truncate(2 << 20);
        }
        apply(path(name), next(0100644), List.of());
    }

    private void directory(String name, int mode) throws IOException {
        target.directory(path(name), true);
        apply(path(name), next(mode), List.of());
    }

    private void link(String name, String to) throws IOException {
        target.symlink(path(name), RawName.of(to), true);
        apply(path(name), next(0120777), List.of());
    }

    private void special(String name, int mode, long rdev) throws IOException {
        FileMeta meta = next(mode);
        var device =
                new FileMeta(mode, 0, ids(), ids(), 0, 0, 1, rdev, meta.mtimeSecond(), meta.mtimeNano(), 0, 0, 0, 0);
        target.special(path(name), device, true);
        apply(path(name), device, List.of());
    }

    private void attributes(String name) throws IOException {
        file(name, "with attributes\n".getBytes(StandardCharsets.UTF_8), 0100644);
        apply(
                path(name),
                next(0100644),
                List.of(
                        new FileTree.Xattr(RawName.of("user.reprise"), new byte[] {'v', 0, (byte) 0xff}),
                        new FileTree.Xattr(RawName.of("user.empty"), new byte[0])));
    }

    private void apply(List<RawName> path, FileMeta meta, List<FileTree.Xattr> attributes) throws IOException {
        List<String> problems = target.metadata(path, meta, attributes);
        if (!problems.isEmpty()) {
            throw new IOException("the test folder could not be made: " + problems);
        }
    }

    private FileMeta next(int mode) {
        int[] nanos = {0, 123_456_789, 500_000_000};
        clock++;
        return meta(mode, ids(), ids(), 1_700_000_000L + clock, nanos[clock % 3]);
    }

    private static FileMeta meta(int mode, long uid, long gid, long second, int nano) {
        return new FileMeta(mode, 0, uid, gid, 0, 0, 1, 0, second, nano, second, nano, 0, 0);
    }

    private static long ids() {
        if (ROOT) {
            return 0;
        }
        try {
            var self = FileTree.local().stat(RawName.of("/proc/self"));
            return self.uid();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static List<RawName> path(String path) {
        return java.util.Arrays.stream(path.split("/")).map(RawName::of).toList();
    }
}
