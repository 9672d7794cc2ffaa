package dev.reprise.repository;

import dev.reprise.base.Secret;
import dev.reprise.storage.local.LocalStorage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.zip.GZIPInputStream;

/// Repositories written by stock restic, unpacked for one test. See `fixtures/restic/README.md`.
final class ResticFixture {
    static final String PASSWORD = "holdfast-fixture";
    private static final int BLOCK = 512;

    private ResticFixture() {}

    static Path folder() {
        return Path.of(System.getProperty("reprise.root", ".."), "fixtures", "restic");
    }

    static byte[] golden(String name) throws IOException {
        return Files.readAllBytes(folder().resolve("restic-v2-0.19.golden").resolve(name));
    }

    static Repository open(String name, Path directory) throws IOException {
        return Repository.open(
                new LocalStorage(unpack(name, directory)),
                Secret.of(PASSWORD),
                new SecureRandom(),
                InstantSource.system());
    }

    /// @return the repository's directory below `directory`
    static Path unpack(String name, Path directory) throws IOException {
        try (InputStream file = Files.newInputStream(folder().resolve(name + ".tar.gz"));
                DataInputStream tar = new DataInputStream(new BufferedInputStream(new GZIPInputStream(file)))) {
            byte[] header = new byte[BLOCK];
            tar.readFully(header);
            while (header[0] != 0) {
                entry(tar, header, directory);
                tar.readFully(header);
            }
        }
        return directory.resolve(name);
    }

    private static void entry(DataInputStream tar, byte[] header, Path directory) throws IOException {
        Path target =
                directory.resolve(text(header, 345, 155) + text(header, 0, 100)).normalize();
        int size = Integer.parseInt(text(header, 124, 12), 8);
        byte[] content = new byte[size];
        tar.readFully(content);
        tar.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        switch (header[156]) {
            case '5' -> Files.createDirectories(target);
            case '0', 0 -> Files.write(target, content);
            default -> throw new IOException("unexpected kind of entry: " + target);
        }
    }

    private static String text(byte[] header, int offset, int length) {
        int end = offset;
        while (end < offset + length && header[end] != 0) {
            end++;
        }
        return new String(header, offset, end - offset, StandardCharsets.US_ASCII).strip();
    }
}
