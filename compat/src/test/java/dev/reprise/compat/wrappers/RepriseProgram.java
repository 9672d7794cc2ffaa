package dev.reprise.compat.wrappers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// `reprise restic` as a program of its own, from the classes under test.
final class RepriseProgram {
    private RepriseProgram() {}

    static List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.reprise.app.Main",
                "restic");
    }

    /// Puts a program `restic` into a folder.
    static void install(Path folder) throws IOException {
        String words = String.join(
                " ", command().stream().map(word -> "'" + word + "'").toList());
        Path program = Files.writeString(folder.resolve("restic"), "#!/bin/sh\nexec " + words + " \"$@\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
