package dev.reprise.storage.s3;

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
import org.awaitility.Awaitility;

/// A real S3 server in a process of its own, fetched by `scripts/fetch-stores` at its first use, on free ports of the
/// loopback interface. Its data vanish with it.
final class StoreProcess implements AutoCloseable {
    /// Access key of one who may nothing but what a bucket's policy allows, where the store knows such a one.
    static final String LIMITED = "AKIALIMITED";

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final int port;

    private StoreProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static StoreProcess seaweedFs(Path folder) throws IOException {
        Path program = fetched("seaweedfs", "weed");
        Path identities = Files.writeString(folder.resolve("s3.json"), """
                {"identities": [{"name": "admin", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                 "credentials": [{"accessKey": "%s", "secretKey": "%s"}]},
                 {"name": "limited", "actions": [], "credentials": [{"accessKey": "%s", "secretKey": "%s"}]}]}""".formatted(
                        S3ProxyServer.KEY, S3ProxyServer.SECRET, LIMITED, S3ProxyServer.SECRET));
        Path data = Files.createDirectories(folder.resolve("data"));
        List<Integer> ports = freePorts(4);
        List<String> command = new ArrayList<>(List.of(program.toString(), "server", "-dir=" + data));
        command.addAll(
                List.of("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.volumeSizeLimitMB=64", "-volume.max=2000"));
        command.addAll(List.of("-master.port=" + ports.get(0), "-volume.port=" + ports.get(1)));
        command.addAll(List.of("-filer", "-filer.port=" + ports.get(2)));
        command.addAll(List.of("-s3", "-s3.port=" + ports.get(3), "-s3.config=" + identities));
        command.addAll(List.of("-s3.port.iceberg=0", "-s3.port.lance=0")); // else two servers want the same ports
        return started(folder, ports.get(3), command, Map.of());
    }

    static StoreProcess moto(Path folder) throws IOException {
        Path program = fetched("moto", "moto/bin/moto_server");
        int port = freePorts(1).getFirst();
        return started(
                folder, port, List.of(program.toString(), "-H", "127.0.0.1", "-p", String.valueOf(port)), Map.of());
    }

    static StoreProcess versity(Path folder) throws IOException {
        Path program = fetched("versitygw", "versitygw");
        int port = freePorts(1).getFirst();
        List<String> command = new ArrayList<>(List.of(program.toString(), "--port", "127.0.0.1:" + port, "posix"));
        command.addAll(List.of(
                "--versioning-dir",
                Files.createDirectories(folder.resolve("versions")).toString()));
        command.add(Files.createDirectories(folder.resolve("data")).toString());
        return started(
                folder,
                port,
                command,
                Map.of("ROOT_ACCESS_KEY", S3ProxyServer.KEY, "ROOT_SECRET_KEY", S3ProxyServer.SECRET));
    }

    static StoreProcess minio(Path folder) throws IOException {
        Path program = fetched("minio", "minio");
        int port = freePorts(1).getFirst();
        List<String> command = new ArrayList<>(List.of(program.toString(), "server", "--address", "127.0.0.1:" + port));
        command.add(Files.createDirectories(folder.resolve("data")).toString());
        return started(
                folder,
                port,
                command,
                Map.of(
                        "MINIO_ROOT_USER", S3ProxyServer.KEY,
                        "MINIO_ROOT_PASSWORD", S3ProxyServer.SECRET,
                        "MINIO_BROWSER", "off"));
    }

    private static Path fetched(String store, String program) throws IOException {
        Path root = Path.of(System.getProperty("reprise.root", ".")).toAbsolutePath();
        Path peers = root.resolve(".peers");
        Process fetch = new ProcessBuilder(root.resolve("scripts/fetch-stores").toString(), peers.toString(), store)
                .inheritIO() // prints the version
                .start();
        if (waitFor(fetch) != 0) {
            throw new IOException(store + " could not be fetched");
        }
        return peers.resolve(program);
    }

    private static int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private static StoreProcess started(Path folder, int port, List<String> command, Map<String, String> variables)
            throws IOException {
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().putAll(variables);
        var store = new StoreProcess(builder.start(), port);
        Awaitility.await("an answer of " + command.getFirst())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(store::answers);
        return store;
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the server has ended with " + process.exitValue());
        }
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

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /// At once: nothing of it is wanted any more, and SeaweedFS takes half a minute to end by itself.
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.onExit().get();
        } catch (Exception e) {
            throw new UncheckedIOException(new IOException("the server did not end", e));
        }
    }
}
