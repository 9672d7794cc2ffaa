package dev.reprise.embedded;

import dev.reprise.base.ExitStatus;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the programs that belong to databases, and on Debian and its kin fetches what is missing.
///
/// Looked for on the `PATH`, then (PostgreSQL's) in `/usr/lib/postgresql/*/bin`, newest major first. What is still
/// missing is downloaded as an ordinary user with the machine's own `apt-get` (its sources and keys, but a private
/// folder for lists, archives and locks) together with those libraries it needs that the machine lacks, and unpacked
/// into the cache. Nothing is installed and nothing outside the cache changes.
///
/// Verified on Debian 12 as root and as an ordinary user: `redis-server` with the libraries `liblzf1` and
/// `libjemalloc2`, found through `LD_LIBRARY_PATH`.
public final class DebianTools {
    private static final Path POSTGRESQL = Path.of("/usr/lib/postgresql");
    private static final Map<String, String> PACKAGES = Map.of(
            "fusermount3", "fuse3",
            "pg_dump", "postgresql-client",
            "pg_dumpall", "postgresql-client",
            "pg_restore", "postgresql-client",
            "psql", "postgresql-client",
            "redis-server", "redis-server",
            "redis-cli", "redis-tools",
            "redis-check-rdb", "redis-server",
            "sshd", "openssh-server");
    private static final List<String> BIN_FOLDERS = List.of("usr/bin", "usr/sbin", "bin");

    /// @param environment to be added when it is started; empty for an installed program
    public record Program(Path file, Map<String, String> environment) {}

    private DebianTools() {}

    /// The program, installed or fetched. Fetching happens once and may take a minute.
    ///
    /// @throws EmbeddedException with status `MISSING_PROGRAM`, naming the package to install
    public static Program find(String name) {
        Optional<Path> installed = installed(name);
        if (installed.isPresent()) {
            return new Program(installed.get(), Map.of());
        }
        String wanted = PACKAGES.get(name);
        if (wanted == null || onPath("apt-get").isEmpty() || onPath("dpkg").isEmpty()) {
            throw missing(name, "it cannot be fetched without apt-get", null);
        }
        return fetched(name, wanted);
    }

    /// The program if the machine has it.
    public static Optional<Path> installed(String name) {
        Optional<Path> found = onPath(name);
        return found.isPresent() ? found : inPostgresFolders(name);
    }

    static Optional<Path> onPath(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        // Where servers lie, which ordinary users often do not search.
        return Stream.of((path + File.pathSeparator + "/usr/sbin").split(File.pathSeparator, -1))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> inPostgresFolders(String name) {
        if (!Files.isDirectory(POSTGRESQL)) {
            return Optional.empty();
        }
        try (Stream<Path> majors = Files.list(POSTGRESQL)) {
            return majors.sorted(Comparator.comparingInt(DebianTools::major).reversed())
                    .map(major -> major.resolve("bin").resolve(name))
                    .filter(Files::isExecutable)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static int major(Path folder) {
        try {
            return Integer.parseInt(String.valueOf(folder.getFileName()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// Fetches a package whether or not its programs are installed; for tests.
    static Program fetched(String name, String wanted) {
        try {
            Path root = Folders.filledOnce("debian-" + wanted, into -> fetch(wanted, into));
            for (String bin : BIN_FOLDERS) {
                Path file = root.resolve(bin).resolve(name);
                if (Files.isExecutable(file)) {
                    return new Program(file, Map.of("LD_LIBRARY_PATH", libraryPath(root)));
                }
            }
            throw missing(name, "package " + wanted + " does not hold it", null);
        } catch (IOException e) {
            throw missing(name, "fetching package " + wanted + " failed: " + e.getMessage(), e);
        }
    }

    private static String libraryPath(Path root) throws IOException {
        var folders = new ArrayList<String>();
        for (String lib : List.of("usr/lib", "lib")) {
            if (Files.isDirectory(root.resolve(lib))) {
                folders.add(root.resolve(lib).toString());
                try (Stream<Path> inside = Files.list(root.resolve(lib))) {
                    inside.filter(folder -> folder.toString().endsWith("-linux-gnu"))
                            .forEach(folder -> folders.add(folder.toString()));
                }
            }
        }
        return String.join(File.pathSeparator, folders);
    }

    private static void fetch(String wanted, Path into) throws IOException {
        Path work = Files.createTempDirectory(into.toAbsolutePath().getParent(), "apt-");
        try {
            Path archives =
                    Files.createDirectories(work.resolve("archives/partial")).resolveSibling("");
            Files.createDirectories(work.resolve("lists/partial"));
            // The machine's lists are the quick way; where they are missing or stale, lists of our own are fetched.
            var download = List.of("install", "--yes", "--download-only", "--no-install-recommends", wanted);
            Commands.Finished first = apt(work, false, download);
            if (first.status() != 0) {
                Commands.Finished update = apt(work, true, List.of("update"));
                Commands.Finished second = apt(work, true, download);
                if (second.status() != 0) {
                    throw new IOException(tail(first.output() + update.output() + second.output()));
                }
            }
            unpackAll(archives, into);
        } finally {
            Folders.delete(work);
        }
    }

    private static Commands.Finished apt(Path work, boolean ownLists, List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of("apt-get", "-q"));
        option(command, "Dir::Cache=" + work);
        option(command, "Dir::Cache::archives=" + work.resolve("archives"));
        option(command, "Dir::Log=" + work);
        option(command, "Debug::NoLocking=1"); // the locks of the real database belong to root
        option(command, "APT::Sandbox::User="); // do not change to a user that cannot write here
        option(command, "Acquire::Languages=none");
        if (ownLists) {
            option(command, "Dir::State::lists=" + work.resolve("lists"));
        }
        command.addAll(arguments);
        return Commands.run(command, work, Map.of("LC_ALL", "C", "DEBIAN_FRONTEND", "noninteractive"));
    }

    private static void option(List<String> command, String option) {
        command.addAll(List.of("-o", option));
    }

    private static void unpackAll(Path archives, Path into) throws IOException {
        List<Path> packages;
        try (Stream<Path> files = Files.list(archives)) {
            packages = files.filter(file -> file.toString().endsWith(".deb")).toList();
        }
        for (Path archive : packages) {
            Commands.Finished finished = Commands.run(List.of("dpkg", "-x", archive.toString(), into.toString()));
            if (finished.status() != 0) {
                throw new IOException("dpkg -x " + archive.getFileName() + ": " + tail(finished.output()));
            }
        }
    }

    private static String tail(String output) {
        return output.substring(Math.max(0, output.length() - 1000)).strip();
    }

    private static EmbeddedException missing(String name, String why, @Nullable Throwable cause) {
        String wanted = PACKAGES.get(name);
        return new EmbeddedException(
                ExitStatus.MISSING_PROGRAM,
                name + " is not on this machine, and " + why,
                wanted == null ? "put it on the PATH" : "install it: apt-get install " + wanted,
                cause);
    }
}
