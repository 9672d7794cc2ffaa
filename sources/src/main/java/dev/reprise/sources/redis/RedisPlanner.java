package dev.reprise.sources.redis;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RawName;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.StreamSource.StoredStreams;
import dev.reprise.sources.json.JsonTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Looks at a data directory and at a capture and says what a restore would do. Changes nothing.
final class RedisPlanner {
    private static final Set<String> OPTIONS = Set.of("appendonly", "server", "owner", "acl");

    static final String USERS = "users.acl";

    private final RedisSource owner;
    private final RedisSettings settings;
    private final StoredStreams stored;
    private final RestoreRequest request;

    RedisPlanner(RedisSource owner, RedisSettings settings, StoredStreams stored, RestoreRequest request) {
        this.owner = owner;
        this.settings = settings;
        this.stored = stored;
        this.request = request;
        for (String option : request.options().keySet()) {
            if (!OPTIONS.contains(option)) {
                throw invalid(
                        "restore option \"" + option + "\" is not known",
                        "use " + String.join(", ", new TreeSet<>(OPTIONS)));
            }
        }
    }

    RedisRestorePlan plan() {
        if (request.target().isEmpty()) {
            throw invalid(
                    "a running server cannot load an RDB", "name the data directory of a stopped server as the target");
        }
        String server = server();
        requireReadable(server);
        Path folder = Path.of(request.target()).toAbsolutePath().normalize();
        RedisRestorePlan.Files files = files();
        List<Path> occupied = occupied(folder, files);
        if (!occupied.isEmpty() && !request.replace()) {
            throw new SourceException(
                    ExitStatus.TARGET_REFUSED,
                    settings.failure(folder + " holds data: " + occupied, "", null)
                            .fact(),
                    "name an empty folder, or allow to replace it; what is there is then moved aside",
                    null);
        }
        requireNoServer(settings, folder);
        return new RedisRestorePlan(
                owner,
                folder,
                files,
                appendOnly(),
                multiPart(server),
                occupied,
                Optional.ofNullable(request.options().get("owner")),
                users(),
                stored.size(RedisCapture.RDB));
    }

    /// The version to restore for: asked for, or of the server it came from.
    private String server() {
        String asked = request.options().get("server");
        String captured = stored.facts().versions().get("server");
        return asked != null ? asked : captured != null ? captured : "7.0";
    }

    private void requireReadable(String server) {
        if (!stored.paths().contains(RedisCapture.RDB)) {
            throw settings.failure("the capture holds no dump.rdb", "restore another snapshot", null);
        }
        boolean asked = request.options().containsKey("server");
        try (InputStream stream = stored.open(RedisCapture.RDB)) {
            var version = RdbVersion.parse(stream.readNBytes(RdbVersion.HEADER_BYTES));
            if (asked && !version.readableBy(server)) {
                throw new SourceException(
                        ExitStatus.TARGET_REFUSED,
                        settings.failure("RDB version " + version + " cannot be loaded by server " + server, "", null)
                                .fact(),
                        "restore to a server of version "
                                + stored.facts().versions().getOrDefault("server", "newer"),
                        null);
            }
        } catch (IOException e) {
            throw settings.failure("dump.rdb cannot be restored: " + e.getMessage(), "restore another snapshot", e);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()), "write it like server=7.0");
        }
    }

    /// Append-only sets became directories in Redis 7.0; Valkey began later.
    private static boolean multiPart(String server) {
        return server.startsWith("valkey-") || !server.matches("[0-6](\\..*)?");
    }

    private boolean appendOnly() {
        String value = request.options().getOrDefault("appendonly", "auto");
        return switch (value) {
            case "yes", "auto" -> true;
            case "no" -> false;
            default -> throw invalid("appendonly is \"" + value + "\"", "use yes, no or auto");
        };
    }

    private boolean users() {
        String value = request.options().getOrDefault("acl", "no");
        if (value.equals("yes") && !stored.paths().contains(RedisCapture.ACL)) {
            throw invalid("the capture holds no acl.txt", "restore without acl=yes");
        }
        return switch (value) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw invalid("acl is \"" + value + "\"", "use yes or no");
        };
    }

    /// The names the captured server used, for its configuration goes with its data.
    private RedisRestorePlan.Files files() {
        Map<?, ?> configuration = Map.of();
        if (stored.paths().contains(RedisCapture.CONFIG)) {
            try (InputStream stream = stored.open(RedisCapture.CONFIG)) {
                configuration = JsonTree.read(stream) instanceof Map<?, ?> map ? map : Map.of();
            } catch (IOException e) {
                throw settings.failure("config.json cannot be read: " + e.getMessage(), "check the repository", e);
            }
        }
        return new RedisRestorePlan.Files(
                fileName(configuration, "dbfilename", "dump.rdb"),
                fileName(configuration, "appendfilename", "appendonly.aof"),
                fileName(configuration, "appenddirname", "appendonlydir"));
    }

    private String fileName(Map<?, ?> configuration, String setting, String otherwise) {
        String name = configuration.get(setting) instanceof String text && !text.isEmpty() ? text : otherwise;
        if (!RawName.of(name).isPlainName()) {
            throw settings.failure(
                    "config.json names " + setting + " \"" + name + "\", which is no file name",
                    "restore another snapshot",
                    null);
        }
        return name;
    }

    private List<Path> occupied(Path folder, RedisRestorePlan.Files files) {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder)) {
            throw new SourceException(
                    ExitStatus.TARGET_REFUSED,
                    settings.failure(folder + " is no folder", "", null).fact(),
                    "name the data directory of the server",
                    null);
        }
        return Stream.of(files.rdb(), files.appendOnly(), files.appendFolder(), users() ? USERS : files.rdb())
                .distinct()
                .map(folder::resolve)
                .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS))
                .toList();
    }

    /// A server works in its data directory, and overwrites the RDB when it stops. Looks where the system allows.
    static void requireNoServer(RedisSettings settings, Path folder) {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            all.filter(process -> runsIn(process.pid(), folder)).findFirst().ifPresent(process -> {
                throw new SourceException(
                        ExitStatus.TARGET_REFUSED,
                        settings.failure("process " + process.pid() + ", a server, runs in " + folder, "", null)
                                .fact(),
                        "stop it without saving: SHUTDOWN NOSAVE",
                        null);
            });
        }
    }

    private static boolean runsIn(long pid, Path folder) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            String name = Files.readString(process.resolve("comm"));
            return (name.startsWith("redis") || name.startsWith("valkey"))
                    && Files.isDirectory(folder)
                    && Files.readSymbolicLink(process.resolve("cwd")).equals(folder.toRealPath());
        } catch (IOException e) {
            return false; // gone, another user's, or no such file system here
        }
    }

    private SourceException invalid(String fact, String hint) {
        return new SourceException(
                ExitStatus.BAD_CONFIGURATION, "redis source \"" + settings.name() + "\": " + fact, hint, null);
    }
}
