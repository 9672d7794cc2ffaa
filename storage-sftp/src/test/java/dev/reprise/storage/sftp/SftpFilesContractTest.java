package dev.reprise.storage.sftp;

import dev.reprise.embedded.EmbeddedSshd;
import dev.reprise.storage.Storage;
import dev.reprise.storage.suite.PlainFilesContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Plain files behind OpenSSH's server.
class SftpFilesContractTest extends PlainFilesContract {
    private static EmbeddedSshd server;
    private static int folders;

    @BeforeAll
    static void start(@TempDir Path place) throws IOException {
        server = EmbeddedSshd.start(ServerFolder.open(place));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected Storage open() {
        folders++;
        return Connecting.shared(server, "files" + folders);
    }
}
