package dev.reprise.testkit.store;

import dev.reprise.embedded.ServerProcess;
import dev.reprise.testkit.peers.Peers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A real server that keeps objects, in a process of its own, on free ports of the loopback
/// interface. Fetched by `scripts/fetch-stores` at its first use; its version is printed at every start.
public final class StoreProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /// Which program.
    public enum Kind {
        /// Keeps Object Lock, as do the next two.
        SEAWEEDFS("seaweedfs", "weed"),
        VERSITYGW("versitygw", "versitygw"),
        MINIO("minio", "minio"),
        /// Has an archive, and lies about Object Lock. Checks no signatures.
        MOTO("moto", "moto/bin/moto_server"),
        /// Speaks Google's JSON interface.
        FAKE_GCS("fake-gcs-server", "fake-gcs-server");

        private final String name;
        private final String program;

        Kind(String name, String program) {
            this.name = name;
            this.program = program;
        }

        private Path fetched() {
            return Peers.announced("fetch-stores", name, program);
        }
    }

    /// How a program is started.
    private record Line(List<String> arguments, Map<String, String> variables) {
        Line(String... arguments) {
            this(List.of(arguments), Map.of());
        }
    }

    private final ServerProcess process;
    private final int port;

    private StoreProcess(ServerProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Returns when the server answers; one of several parts may still be unable to do anything.
    ///
    /// @param folder an empty one, for its data and a log
    public static StoreProcess start(Kind kind, Path folder) {
        Path program = kind.fetched();
        try {
            return start(kind, program, folder, freePorts(4));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StoreProcess start(Kind kind, Path program, Path folder, List<Integer> ports) throws IOException {
        Line line = switch (kind) {
            case SEAWEEDFS -> seaweedFs(folder, ports);
            case VERSITYGW -> versity(folder, ports.getFirst());
            case MINIO -> minio(folder, ports.getFirst());
            case MOTO -> new Line("-H", "127.0.0.1", "-p", String.valueOf(ports.getFirst()));
            case FAKE_GCS -> fakeGcs(ports.getFirst());
        };
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(line.arguments());
        Map<String, String> variables = new TreeMap<>(line.variables());
        variables.put("HOME", folder.toString());
        // Killed: nothing of it is wanted any more, and SeaweedFS takes half a minute to end by itself.
        var launch = new ServerProcess.Launch(
                kind.name, command, variables, folder, folder.resolve("log"), "KILL", "KILL", () -> {});
        var store = new StoreProcess(ServerProcess.startAsThisUser(launch), ports.getFirst());
        store.process.awaitReady(store::answers, PATIENCE);
        return store;
    }

    private static Line seaweedFs(Path folder, List<Integer> ports) throws IOException {
        Path identities = Files.writeString(folder.resolve("s3.json"), """
                {"identities": [{"name": "admin", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                 "credentials": [{"accessKey": "%s", "secretKey": "%s"}]},
                 {"name": "limited", "actions": [], "credentials": [{"accessKey": "%s", "secretKey": "%s"}]}]}""".formatted(
                StoreCredentials.KEY, StoreCredentials.SECRET, StoreCredentials.LIMITED, StoreCredentials.SECRET));
        return new Line(
                "server",
                "-dir=" + data(folder, "data"),
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                "-master.volumeSizeLimitMB=64",
                "-volume.max=2000",
                "-s3",
                "-s3.port=" + ports.get(0),
                "-master.port=" + ports.get(1),
                "-volume.port=" + ports.get(2),
                "-filer",
                "-filer.port=" + ports.get(3),
                "-s3.config=" + identities,
                "-s3.port.iceberg=0", // else two servers want the same ports
                "-s3.port.lance=0");
    }

    private static Line versity(Path folder, int port) throws IOException {
        return new Line(
                List.of(
                        "--port",
                        "127.0.0.1:" + port,
                        "posix",
                        "--versioning-dir",
                        data(folder, "versions"),
                        data(folder, "data")),
                Map.of("ROOT_ACCESS_KEY", StoreCredentials.KEY, "ROOT_SECRET_KEY", StoreCredentials.SECRET));
    }

    private static Line minio(Path folder, int port) throws IOException {
        return new Line(
                List.of("server", "--address", "127.0.0.1:" + port, data(folder, "data")),
                Map.of(
                        "MINIO_ROOT_USER", StoreCredentials.KEY,
                        "MINIO_ROOT_PASSWORD", StoreCredentials.SECRET,
                        "MINIO_BROWSER", "off"));
    }

    private static Line fakeGcs(int port) {
        String address = "127.0.0.1:" + port;
        return new Line(
                "-scheme",
                "http",
                "-host",
                "127.0.0.1",
                "-port",
                String.valueOf(port),
                "-public-host",
                address,
                "-external-url",
                "http://" + address,
                "-backend",
                "memory");
    }

    private static String data(Path folder, String name) throws IOException {
        return Files.createDirectory(folder.resolve(name)).toString();
    }

    private boolean answers() {
        try {
            var connection = (HttpURLConnection) endpoint().toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(5000);
            return connection.getResponseCode() < 500;
        } catch (IOException e) {
            return false;
        }
    }

    /// SeaweedFS adds 10000 to each for another protocol.
    private static List<Integer> freePorts(int count) {
        List<Integer> ports = new ArrayList<>();
        for (int port = 20_000 + (int) (ProcessHandle.current().pid() % 10_000); ports.size() < count; port += 7) {
            if (isFree(port) && isFree(port + 10_000)) {
                ports.add(port);
            }
        }
        return ports;
    }

    private static boolean isFree(int port) {
        try (var probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /// The last of what it said.
    public String log() {
        return process.logTail();
    }

    @Override
    public void close() {
        process.close();
    }
}
