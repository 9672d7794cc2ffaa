package dev.reprise.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// OpenSSH's server on loopback with SFTP, a host key and one user's key of its own. Safe for many threads.
public final class EmbeddedSshd implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;

    private final Path folder;
    private final int port;
    private final ServerProcess process;

    private EmbeddedSshd(Path folder, int port, ServerProcess process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /// Starts a server and returns when it accepts connections.
    ///
    /// @param place existing folder for keys and data; what an earlier server left there is used again
    public static EmbeddedSshd start(Path place) {
        DebianTools.Program program = DebianTools.find("sshd");
        ServerUser user = ServerUser.current();
        try {
            Path folder = Files.createDirectories(place.toAbsolutePath().resolve("sshd"));
            prepare(folder);
            for (int attempt = 1; ; attempt++) {
                int port = ServerProcess.freePort();
                try {
                    return new EmbeddedSshd(folder, port, launch(program, folder, port, user));
                } catch (EmbeddedException e) {
                    if (attempt == ATTEMPTS || !e.fact().contains("Address already in use")) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new EmbeddedException("sshd could not be set up", "install openssh-client and openssh-server", e);
        }
    }

    /// The same server, after it was stopped.
    public EmbeddedSshd restart() throws IOException {
        process.close();
        return new EmbeddedSshd(folder, port, launch(DebianTools.find("sshd"), folder, port, ServerUser.current()));
    }

    private static void prepare(Path folder) throws IOException {
        for (String key : List.of("host", "user", "stranger")) {
            if (!Files.exists(folder.resolve(key))) {
                makeKey(folder.resolve(key));
            }
        }
        Files.writeString(folder.resolve("authorized_keys"), Files.readString(folder.resolve("user.pub")));
        Files.createDirectories(folder.resolve("data"));
    }

    private static void makeKey(Path file) throws IOException {
        Commands.Finished made = Commands.run(
                List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "reprise", "-f", file.toString()));
        if (made.status() != 0) {
            throw new IOException("ssh-keygen: " + made.output());
        }
    }

    private static ServerProcess launch(DebianTools.Program program, Path folder, int port, ServerUser user)
            throws IOException {
        Path configuration = Files.writeString(folder.resolve("sshd_config"), configuration(folder, port, user));
        String[] key = Files.readString(folder.resolve("host.pub")).split(" ", 3);
        Files.writeString(folder.resolve("known_hosts"), "[127.0.0.1]:" + port + " " + key[0] + " " + key[1] + "\n");
        Path log = folder.resolve("sshd.log");
        Files.deleteIfExists(log);
        Files.createFile(log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        user.own(folder);
        var argv = List.of(program.file().toString(), "-D", "-e", "-f", configuration.toString());
        ServerProcess process = ServerProcess.start(
                new ServerProcess.Launch("sshd", argv, program.environment(), folder, log, "TERM", "TERM", () -> {}));
        process.awaitReady(() -> Files.readString(log).contains("Server listening on"), PATIENCE);
        return process;
    }

    /// The account `nobody` is locked; only PAM lets it in nevertheless.
    private static String configuration(Path folder, int port, ServerUser user) {
        return """
                ListenAddress 127.0.0.1
                Port %d
                HostKey %s
                AuthorizedKeysFile %s
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                UsePAM %s
                StrictModes no
                PidFile none
                MaxStartups 100
                MaxSessions 100
                Subsystem sftp internal-sftp
                """.formatted(
                        port, folder.resolve("host"), folder.resolve("authorized_keys"), user.change() ? "yes" : "no");
    }

    public int port() {
        return port;
    }

    /// Login name of the only user.
    public String user() {
        return ServerUser.current().change() ? "nobody" : System.getProperty("user.name");
    }

    /// Keys (`user`, and `stranger`, whom nobody lets in), `known_hosts`, and `data`, where the server's user may
    /// write.
    public Path folder() {
        return folder;
    }

    /// Where the server's user may write.
    public Path data() {
        return folder.resolve("data");
    }

    /// `sftp:` URL of a folder below [#data()]; the port is among [#arguments()].
    public String url(String name) {
        return "sftp:" + user() + "@127.0.0.1:" + data().resolve(name);
    }

    /// For `ssh`, so that it uses nothing of the machine's own configuration and agent.
    ///
    /// @param key        file name in [#folder()]
    /// @param knownHosts file with keys of hosts
    public String arguments(String key, Path knownHosts) {
        return "-F none -p " + port + " -o IdentitiesOnly=yes -o IdentityAgent=none -o UserKnownHostsFile=" + knownHosts
                + " -o GlobalKnownHostsFile=/dev/null -i " + folder.resolve(key);
    }

    /// For `ssh` to get in.
    public String arguments() {
        return arguments("user", folder.resolve("known_hosts"));
    }

    /// Which OpenSSH this is.
    public static String version() throws IOException {
        Optional<Path> client = DebianTools.onPath("ssh");
        return client.isEmpty()
                ? "no ssh"
                : Commands.run(List.of("ssh", "-V")).output().strip();
    }

    public ServerProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
