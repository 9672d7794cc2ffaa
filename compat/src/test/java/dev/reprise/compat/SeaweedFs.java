package dev.reprise.compat;

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

/// SeaweedFS with its S3 gateway in a process of its own, fetched by `scripts/fetch-stores` at its first use. Takes the
/// credentials of [S3ProxyServer].
public final class SeaweedFs implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final int port;

    private SeaweedFs(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /// @param folder empty, for its data
    public static SeaweedFs start(Path folder) throws IOException {
        Path program = fetched();
        Map<String, String> credentials = S3ProxyServer.credentials();
        Path identities = Files.writeString(folder.resolve("s3.json"), """
                {"identities": [{"name": "admin", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                 "credentials": [{"accessKey": "%s", "secretKey": "%s"}]}]}""".formatted(
                        credentials.get("AWS_ACCESS_KEY_ID"), credentials.get("AWS_SECRET_ACCESS_KEY")));
        List<Integer> ports = freePorts(4);
        List<String> command = new ArrayList<>(List.of(program.toString(), "server"));
        command.add("-dir=" + Files.createDirectories(folder.resolve("data")));
        command.addAll(
                List.of("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.volumeSizeLimitMB=64", "-volume.max=2000"));
        command.addAll(List.of("-master.port=" + ports.get(0), "-volume.port=" + ports.get(1)));
        command.addAll(List.of("-filer", "-filer.port=" + ports.get(2)));
        command.addAll(List.of("-s3", "-s3.port=" + ports.get(3), "-s3.config=" + identities));
        command.addAll(List.of("-s3.port.iceberg=0", "-s3.port.lance=0")); // else two servers want the same ports
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        var server = new SeaweedFs(process, ports.get(3));
        Awaitility.await("an answer of SeaweedFS").atMost(PATIENCE).until(server::answers);
        return server;
    }

    private static Path fetched() throws IOException {
        Path root = Path.of(System.getProperty("reprise.root", ".")).toAbsolutePath();
        Path peers = root.resolve(".peers");
        Process fetch = new ProcessBuilder(
                        root.resolve("scripts/fetch-stores").toString(), peers.toString(), "seaweedfs")
                .inheritIO() // prints the version
                .start();
        try {
            if (fetch.waitFor() != 0) {
                throw new IOException("SeaweedFS could not be fetched");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return peers.resolve("weed");
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("SeaweedFS has ended with " + process.exitValue());
        }
        try {
            var connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port).toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(5000);
            return connection.getResponseCode() < 500;
        } catch (IOException e) {
            return false;
        }
    }

    /// It adds 10000 to each for another protocol.
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

    /// At once: nothing of it is wanted any more, and it takes half a minute to end by itself.
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.onExit().get();
        } catch (Exception e) {
            throw new UncheckedIOException(new IOException("SeaweedFS did not end", e));
        }
    }
}
