package dev.reprise.serve;

import dev.reprise.serve.RestServer.Surroundings;
import dev.reprise.serve.ServeSettings.Access;
import dev.reprise.serve.ServeSettings.Limits;
import dev.reprise.serve.ServeSettings.Metrics;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Our server on a free loopback port, with everybody let in unless a test says otherwise.
final class ServerUnderTest implements AutoCloseable {
    static final ServeSettings OPEN = new ServeSettings(
            Path.of("."),
            "127.0.0.1:0",
            null,
            new Access(false, false),
            null,
            0,
            Metrics.EVERYBODY,
            null,
            true,
            false,
            Limits.USUAL.withPerClient(0));

    private final RestServer server;
    private final List<String> log;

    private ServerUnderTest(RestServer server, List<String> log) {
        this.server = server;
        this.log = log;
    }

    static ServerUnderTest start(Path folder) {
        return start(in(OPEN, folder));
    }

    static ServerUnderTest start(ServeSettings settings) {
        List<String> log = new CopyOnWriteArrayList<>();
        var around = new Surroundings(
                InstantSource.system(),
                ZoneOffset.UTC,
                System::nanoTime,
                new SecureRandom(),
                OutputStream.nullOutputStream(),
                log::add);
        return new ServerUnderTest(RestServer.start(settings, around), log);
    }

    static ServeSettings in(ServeSettings settings, Path folder) {
        return new ServeSettings(
                folder,
                settings.listen(),
                settings.htpasswd(),
                settings.access(),
                settings.tls(),
                settings.maxSize(),
                settings.metrics(),
                settings.accessLog(),
                settings.verify(),
                settings.groupAccess(),
                settings.limits());
    }

    static ServeSettings quota(ServeSettings settings, long bytes) {
        return new ServeSettings(
                settings.path(),
                settings.listen(),
                settings.htpasswd(),
                settings.access(),
                settings.tls(),
                bytes,
                settings.metrics(),
                settings.accessLog(),
                settings.verify(),
                settings.groupAccess(),
                settings.limits());
    }

    static ServeSettings limits(ServeSettings settings, Limits limits) {
        return new ServeSettings(
                settings.path(),
                settings.listen(),
                settings.htpasswd(),
                settings.access(),
                settings.tls(),
                settings.maxSize(),
                settings.metrics(),
                settings.accessLog(),
                settings.verify(),
                settings.groupAccess(),
                limits);
    }

    static ServeSettings users(ServeSettings settings, @Nullable Path htpasswd, Access access, Metrics metrics) {
        return new ServeSettings(
                settings.path(),
                settings.listen(),
                htpasswd,
                access,
                settings.tls(),
                settings.maxSize(),
                metrics,
                settings.accessLog(),
                settings.verify(),
                settings.groupAccess(),
                settings.limits());
    }

    int port() {
        return server.port();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/";
    }

    RestServer server() {
        return server;
    }

    List<String> log() {
        return log;
    }

    @Override
    public void close() {
        server.close();
    }
}
