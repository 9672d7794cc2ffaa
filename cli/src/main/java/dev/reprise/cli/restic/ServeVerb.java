package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.serve.RestServer;
import dev.reprise.serve.RestServer.Surroundings;
import dev.reprise.serve.ServeSettings;
import dev.reprise.serve.ServeSettings.Access;
import dev.reprise.serve.ServeSettings.Certificate;
import dev.reprise.serve.ServeSettings.Limits;
import dev.reprise.serve.ServeSettings.Metrics;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Flags are those of rest-server 0.14, so that its unit files need another program name only.
@Command(
        name = "serve",
        description = "Serve repositories to other machines by restic's REST protocol, as rest-server does."
                + " Not known to restic.",
        footer = {
            "",
            "Serves until SIGTERM or SIGINT; requests that run then may end first. Clients use",
            "rest:https://USER:PASSWORD@HOST:8000/USER/ with --private-repos, else any path of one or two folders."
        })
final class ServeVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Option(names = "--path", paramLabel = "folder", description = "Folder of the repositories.")
    private @Nullable String path;

    @Option(
            names = "--listen",
            paramLabel = "address",
            description = "host:port, :port for every interface, or unix:/path (default: :8000).")
    private String listen = ":8000";

    @Option(names = "--no-auth", description = "Let everybody in who reaches the address.")
    private boolean noAuth;

    @Option(
            names = "--htpasswd-file",
            paramLabel = "file",
            description = "Users and passwords, from htpasswd -B (default: .htpasswd in the folder).")
    private @Nullable String htpasswdFile;

    @Option(names = "--append-only", description = "Let clients remove nothing but locks.")
    private boolean appendOnly;

    @Option(names = "--private-repos", description = "Let each user use the folder of the own name only.")
    private boolean privateRepos;

    @Option(names = "--tls", description = "Speak TLS.")
    private boolean tls;

    @Option(
            names = "--tls-cert",
            paramLabel = "file",
            description = "PEM file with the certificate and its chain (default: public_key in the folder).")
    private @Nullable String certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "file",
            description = "PEM file with the private key (default: private_key in the folder).")
    private @Nullable String key;

    @Option(names = "--tls-min-ver", paramLabel = "version", description = "1.2 or 1.3 (default: 1.2).")
    private String oldestTls = "1.2";

    @Option(
            names = "--max-size",
            paramLabel = "bytes",
            description = "Most bytes of all repositories together, also as 500G (default: 0, no limit).")
    private String maxSize = "0";

    @Option(names = "--prometheus", description = "Offer counters at /metrics, to users.")
    private boolean prometheus;

    @Option(names = "--prometheus-no-auth", description = "Offer them to everybody.")
    private boolean openPrometheus;

    @Option(
            names = "--log",
            paramLabel = "file",
            description = "Write requests to this file in the combined log format; - is standard output.")
    private @Nullable String log;

    @Option(names = "--no-verify-upload", description = "Do not check that what arrives has the hash that names it.")
    private boolean noVerify;

    @Option(names = "--group-accessible-repos", description = "Let the file system's group use the files too.")
    private boolean groupAccess;

    @Option(
            names = "--max-connections-per-client",
            paramLabel = "number",
            description = "Most connections from one address; 0 for no limit, as behind a proxy (default: 128).")
    private int perClient = Limits.USUAL.perClient();

    ServeVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        CommandContext context = global.context();
        ServeSettings settings = settings();
        var around = new Surroundings(
                context.clock(),
                context.zone(),
                System::nanoTime,
                context.random().get(),
                context.out(),
                this::say);
        say("data directory: " + settings.path());
        say(settings.htpasswd() == null ? "authentication disabled" : "users: " + settings.htpasswd());
        say("append only mode " + (appendOnly ? "enabled" : "disabled"));
        say("private repositories " + (privateRepos ? "enabled" : "disabled"));
        try (RestServer server = RestServer.start(settings, around)) {
            say("serving at " + server.address() + (tls ? " with TLS" : ""));
            new CountDownLatch(1).await(); // until a signal interrupts us
        } catch (InterruptedException e) {
            say("stopped");
        }
        return 0;
    }

    private void say(String line) {
        CommandContext context = global.context();
        synchronized (context.err()) {
            context.err().println(line);
            context.err().flush();
        }
    }

    private ServeSettings settings() {
        if (path == null || path.isEmpty()) {
            throw new FatalException("name the folder of the repositories with --path");
        }
        long most = ResticSize.parse(maxSize);
        if (most < 0 || perClient < 0) {
            throw new FatalException("--max-size and --max-connections-per-client take no negative numbers");
        }
        Path folder = global.resolve(path);
        return new ServeSettings(
                folder,
                listening(),
                noAuth ? null : file(htpasswdFile, folder.resolve(".htpasswd")),
                new Access(appendOnly, privateRepos),
                certificate(folder),
                most,
                metrics(),
                accessLog(),
                !noVerify,
                groupAccess,
                Limits.USUAL.withPerClient(perClient));
    }

    private @Nullable String accessLog() {
        if (log == null || log.isEmpty()) {
            return null;
        }
        return log.equals("-") ? log : global.resolve(log).toString();
    }

    private String listening() {
        String unix = "unix:";
        return listen.startsWith(unix) ? unix + global.resolve(listen.substring(unix.length())) : listen;
    }

    private Path file(@Nullable String typed, Path usual) {
        return typed == null || typed.isEmpty() ? usual : global.resolve(typed);
    }

    private @Nullable Certificate certificate(Path folder) {
        if (!tls && (certificate != null || key != null)) {
            throw new FatalException("--tls-cert and --tls-key need --tls");
        }
        return tls
                ? new Certificate(
                        file(certificate, folder.resolve("public_key")),
                        file(key, folder.resolve("private_key")),
                        oldestTls)
                : null;
    }

    private Metrics metrics() {
        if (!prometheus) {
            return Metrics.OFF;
        }
        return openPrometheus ? Metrics.EVERYBODY : Metrics.USERS;
    }
}
