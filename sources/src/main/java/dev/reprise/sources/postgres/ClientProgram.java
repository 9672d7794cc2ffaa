package dev.reprise.sources.postgres;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.sources.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One of PostgreSQL's client programs on this machine.
///
/// @param version as it reports itself: `15.18`
record ClientProgram(Path file, String version) {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_OUTPUT_BYTES = 4096;
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ((\\d+)[0-9a-z.]*)");

    int major() {
        return Integer.parseInt(version.split("[^0-9]", 2)[0]);
    }

    /// The archive header that programs of this major write, and the newest they read (`version in file header`).
    int archiveMinor() {
        if (major() >= 17) {
            return major() == 17 || major() == 18 ? 16 : Integer.MAX_VALUE;
        }
        return major() == 16 ? 15 : 14;
    }

    /// Every usable copy of a program: in the given folder only, or else in the folders of Debian's packages and on
    /// the `PATH`.
    static List<ClientProgram> all(String name, Optional<Path> folder) {
        var found = new ArrayList<ClientProgram>();
        for (Path candidate : folders(folder)) {
            Path file = candidate.resolve(name);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                version(file, PATIENCE).ifPresent(version -> found.add(new ClientProgram(file, version)));
            }
        }
        return found;
    }

    private static List<Path> folders(Optional<Path> only) {
        if (only.isPresent()) {
            return List.of(only.get());
        }
        var folders = new ArrayList<Path>();
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> majors = Files.list(DEBIAN)) {
                majors.map(major -> major.resolve("bin")).forEach(folders::add);
            } catch (IOException e) {
                // Not readable: the programs on the PATH remain.
            }
        }
        Stream.of(Optional.ofNullable(System.getenv("PATH"))
                        .orElse("/usr/bin:/bin")
                        .split(":", -1))
                .filter(path -> path.startsWith("/"))
                .map(Path::of)
                .forEach(folders::add);
        return folders;
    }

    /// Empty if it is none of PostgreSQL's programs, or does not answer in time.
    static Optional<String> version(Path file, Duration patience) {
        Process process;
        try {
            process = new ProcessBuilder(file.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        try {
            var output = CompletableFuture.supplyAsync(
                    () -> beginning(process),
                    task -> Thread.ofVirtual().name("version of " + file).start(task));
            Matcher matcher = VERSION.matcher(output.get(patience.toMillis(), TimeUnit.MILLISECONDS));
            return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("asking " + file + " for its version");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String beginning(Process process) {
        try (InputStream output = process.getInputStream()) {
            process.getOutputStream().close();
            return new String(output.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The program to dump a server with: of the server's own major, else the next newer one. An older one is
    /// refused by the server's catalogs, and the output of a newer one may not fit the server's own `pg_restore`.
    static ClientProgram toDump(String name, PostgresServer server, int serverMajor, Optional<Path> folder) {
        List<ClientProgram> all = all(name, folder);
        return all.stream()
                .filter(program -> program.major() >= serverMajor)
                .min(Comparator.comparingInt(ClientProgram::major))
                .orElseThrow(() -> missing(
                        server,
                        "the server is version " + serverMajor + " and needs " + name + " " + serverMajor + " or newer",
                        all,
                        serverMajor));
    }

    /// The program to restore with: it must read the archive; best of the target's own major, because others may
    /// send settings the target does not know, then newer, then older.
    static ClientProgram toRestore(PostgresServer target, int targetMajor, int archiveMinor, Optional<Path> folder) {
        List<ClientProgram> all = all("pg_restore", folder);
        Comparator<ClientProgram> closest = Comparator.comparingInt(program ->
                program.major() >= targetMajor ? program.major() - targetMajor : 1000 + targetMajor - program.major());
        return all.stream()
                .filter(program -> program.archiveMinor() >= archiveMinor)
                .min(closest)
                .orElseThrow(() -> missing(
                        target,
                        "the dump has archive version 1." + archiveMinor + ", which needs pg_restore "
                                + majorReading(archiveMinor) + " or newer",
                        all,
                        majorReading(archiveMinor)));
    }

    private static int majorReading(int archiveMinor) {
        return archiveMinor <= 14 ? 12 : archiveMinor + 1;
    }

    private static SourceException missing(PostgresServer server, String fact, List<ClientProgram> all, int major) {
        String found = all.isEmpty()
                ? "none was found"
                : "found " + all.stream().map(p -> p.file() + " " + p.version()).collect(Collectors.joining(", "));
        return new SourceException(
                ExitStatus.MISSING_PROGRAM,
                server.failure(fact + "; " + found, "", null).fact(),
                "install it, for example: apt-get install postgresql-client-" + major,
                null);
    }
}
