package dev.reprise.storage.sftp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A test's temporary folder is its owner's alone; a server that runs as another user must get
/// through it.
final class ServerFolder {
    private ServerFolder() {}

    static Path open(Path folder) throws IOException {
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }
}
