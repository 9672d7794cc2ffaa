package dev.reprise.storage.sftp;

import dev.reprise.embedded.EmbeddedSshd;
import dev.reprise.storage.Storage;
import dev.reprise.storage.suite.StorageContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// A folder behind OpenSSH's server.
class SftpContractTest extends StorageContract {
    private static EmbeddedSshd server;
    private static int folders;

    private String name = "";

    @BeforeAll
    static void start(@TempDir Path place) throws IOException {
        server = EmbeddedSshd.start(ServerFolder.open(place));
        System.out.println(EmbeddedSshd.version());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected Storage open() {
        folders++;
        name = "r" + folders;
        return Connecting.shared(server, name);
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return Connecting.shared(server, name);
    }

    /// Servers give about a hundred names at a time.
    @Override
    protected int manyObjects() {
        return 350;
    }

    @Override
    protected boolean plant(String path, byte[] content) {
        try {
            Path file = server.data().resolve(name).resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
