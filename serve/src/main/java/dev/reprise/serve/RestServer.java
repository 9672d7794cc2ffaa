package dev.reprise.serve;

import dev.reprise.base.ExitStatus;
import dev.reprise.serve.ServeSettings.Certificate;
import dev.reprise.storage.tls.Tls;
import dev.reprise.storage.tls.TlsFileException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// A running server of restic's REST protocol, versions 1 and 2. Threads of its own answer; requests run on virtual
/// ones, so that as many slow clients as there may be connections hold up nobody.
public final class RestServer implements AutoCloseable {
    /// Carry connections and TLS, not requests.
    private static final int THREADS = 32;

    private static final int HEADER_BYTES = 8 * 1024;
    private static final Duration LOOK_AT_CERTIFICATES = Duration.ofMinutes(1);
    private static final String UNIX = "unix:";

    /// Jetty tells of itself through this; kept, because loggers nobody holds are forgotten with their level.
    private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

    private final ServeSettings settings;
    private final Consumer<String> log;
    private final Server server;
    private final GuardedConnector connector;
    private final ClientGuard guard;
    private final @Nullable AccessLog accessLog;
    private final SslContextFactory.@Nullable Server tls;
    private @Nullable FileTime certificateTime;

    /// What a server takes from the program it runs in.
    ///
    /// @param clock    for the access log
    /// @param zone     as `clock`
    /// @param nanoTime as [System#nanoTime]
    /// @param random   for secrets that live as long as the server
    /// @param out      takes the access log if that is `-`
    /// @param log      takes one line for people at a time
    public record Surroundings(
            InstantSource clock,
            ZoneId zone,
            LongSupplier nanoTime,
            SecureRandom random,
            OutputStream out,
            Consumer<String> log) {}

    private RestServer(ServeSettings settings, Surroundings around, Path root) throws IOException {
        this.settings = settings;
        this.log = around.log;
        this.guard = new ClientGuard(settings.limits(), around.nanoTime);
        this.accessLog = accessLog(settings, around);
        var threads = new QueuedThreadPool(THREADS);
        threads.setName("serve");
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("request-"));
        this.server = new Server(threads);
        this.tls = settings.tls() == null ? null : tls(settings.tls());
        this.connector = connector(settings);
        server.addConnector(connector);
        server.setStopTimeout(settings.limits().stop().toMillis());
        server.setErrorHandler(RestServer::refuse);
        server.setHandler(new GracefulHandler(handler(around, root)));
        if (accessLog != null) {
            server.setRequestLog((request, response) -> write(accessLog, request, response));
        }
    }

    /// Starts a server and returns when it listens.
    ///
    /// @throws ServeException   if it cannot
    /// @throws TlsFileException if a certificate or key cannot be used
    public static RestServer start(ServeSettings settings, Surroundings around) {
        JETTY.setLevel(Level.SEVERE); // warnings are what hostile clients make it say
        try {
            Path root = folder(settings);
            var server = new RestServer(settings, around, root);
            server.start();
            return server;
        } catch (IOException e) {
            throw new ServeException(
                    ExitStatus.FAILED,
                    "cannot use " + settings.path() + ": " + ServeException.reason(e),
                    "name a folder this user may write with --path",
                    e);
        }
    }

    private static Path folder(ServeSettings settings) throws IOException {
        var mode = PosixFilePermissions.fromString(settings.groupAccess() ? "rwxrwx---" : "rwx------");
        Files.createDirectories(settings.path(), PosixFilePermissions.asFileAttribute(mode));
        return settings.path().toRealPath();
    }

    private static @Nullable AccessLog accessLog(ServeSettings settings, Surroundings around) {
        String file = settings.accessLog();
        if (file == null) {
            return null;
        }
        OutputStream out = file.equals("-") ? around.out : AccessLog.file(Path.of(file));
        return new AccessLog(out, around.clock, around.zone);
    }

    private ServeHandler handler(Surroundings around, Path root) throws IOException {
        Path users = settings.htpasswd();
        Accounts accounts = users == null ? null : new HtpasswdFile(users, around.random, around.nanoTime, around.log);
        var quota = new Quota(settings.maxSize());
        int removed = quota.count(root, around.clock.instant());
        if (removed > 0) {
            log.accept("removed " + removed + " unfinished uploads of more than a day ago");
        }
        if (settings.maxSize() > 0) {
            log.accept("using %d of %d bytes".formatted(quota.used(), settings.maxSize()));
        }
        var counters = new Counters();
        var repositories = new Repositories(root, settings, quota, counters, around.log);
        return new ServeHandler(settings, accounts, repositories, counters, around.nanoTime, around.log);
    }

    private GuardedConnector connector(ServeSettings settings) {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        // Paths are taken apart here, more strictly, and answered as rest-server answers them.
        http.setUriCompliance(UriCompliance.UNSAFE);
        var factories = new ArrayList<ConnectionFactory>();
        if (tls != null) {
            factories.add(new SslConnectionFactory(tls, "http/1.1"));
        }
        factories.add(new HttpConnectionFactory(http));
        String listen = settings.listen();
        Path socket = listen.startsWith(UNIX) ? Path.of(listen.substring(UNIX.length())) : null;
        var made = new GuardedConnector(server, guard, socket, factories.toArray(ConnectionFactory[]::new));
        made.setIdleTimeout(settings.limits().idle().toMillis());
        if (socket == null) {
            address(made, listen);
        }
        return made;
    }

    private static void address(GuardedConnector connector, String listen) {
        int colon = listen.lastIndexOf(':');
        String host = colon < 0 ? "" : listen.substring(0, colon);
        String port = listen.substring(colon + 1);
        if (colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new ServeException(
                    ExitStatus.BAD_CONFIGURATION,
                    "cannot listen at \"" + listen + "\"",
                    "write --listen host:port, :port or unix:/path",
                    null);
        }
        if (!host.isEmpty()) {
            connector.setHost(host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
        }
        connector.setPort(Integer.parseInt(port));
    }

    private SslContextFactory.Server tls(Certificate certificate) throws IOException {
        var factory = new SslContextFactory.Server();
        factory.setKeyStore(Tls.identity(certificate.certificates(), certificate.key()));
        factory.setKeyStorePassword("");
        switch (certificate.oldest()) {
            case "1.2" -> factory.setIncludeProtocols("TLSv1.2", "TLSv1.3");
            case "1.3" -> factory.setIncludeProtocols("TLSv1.3");
            default ->
                throw new ServeException(
                        ExitStatus.BAD_CONFIGURATION,
                        "TLS " + certificate.oldest() + " is not known",
                        "give --tls-min-ver 1.2 or 1.3",
                        null);
        }
        certificateTime = Files.getLastModifiedTime(certificate.certificates());
        return factory;
    }

    private void start() {
        boolean started = false;
        try {
            server.start();
            started = true;
        } catch (Exception e) {
            Throwable cause = e.getCause() instanceof IOException inner ? inner : e;
            throw new ServeException(
                    ExitStatus.FAILED,
                    "cannot listen at " + settings.listen() + ": " + cause.getMessage(),
                    "another server may hold the address; choose one with --listen",
                    e);
        } finally {
            if (!started) {
                close();
            }
        }
        Scheduler scheduler = connector.getScheduler();
        long pause = Math.max(50, settings.limits().head().toMillis() / 8);
        repeat(scheduler, pause, guard::sweep);
        repeat(scheduler, LOOK_AT_CERTIFICATES.toMillis(), this::renewCertificate);
    }

    private void repeat(Scheduler scheduler, long millis, Runnable task) {
        scheduler.schedule(
                () -> {
                    if (server.isRunning()) {
                        task.run();
                        repeat(scheduler, millis, task);
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    /// A certificate that was renewed is shown from the next connection on; one that cannot be used is not.
    void renewCertificate() {
        Certificate certificate = settings.tls();
        if (certificate == null || tls == null) {
            return;
        }
        try {
            FileTime now = Files.getLastModifiedTime(certificate.certificates());
            if (now.equals(certificateTime)) {
                return;
            }
            var store = Tls.identity(certificate.certificates(), certificate.key());
            tls.reload(factory -> ((SslContextFactory.Server) factory).setKeyStore(store));
            certificateTime = now;
            log.accept("certificate read again");
        } catch (Exception e) {
            log.accept("warning: the certificate could not be read again: " + e.getMessage());
        }
    }

    /// What is no request gets its status and no page about the server.
    private static boolean refuse(Request request, Response response, Callback callback) {
        byte[] words = (HttpStatus.getMessage(response.getStatus()) + "\n").getBytes(StandardCharsets.US_ASCII);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, words.length);
        response.write(true, ByteBuffer.wrap(words), callback);
        return true;
    }

    private static void write(AccessLog log, Request request, Response response) {
        Object user = request.getAttribute(ServeHandler.USER);
        String path = request.getHttpURI() == null
                ? "-"
                : String.valueOf(request.getHttpURI().getPathQuery());
        log.add(
                Request.getRemoteAddr(request),
                user == null ? "" : user.toString(),
                request.getMethod() + " " + path + " "
                        + request.getConnectionMetaData().getHttpVersion().asString(),
                response.getStatus(),
                Response.getContentBytesWritten(response),
                header(request, HttpHeader.REFERER),
                header(request, HttpHeader.USER_AGENT));
    }

    private static String header(Request request, HttpHeader name) {
        String value = request.getHeaders().get(name);
        return value == null ? "-" : value;
    }

    /// What clients reach it at, for people.
    public String address() {
        if (settings.listen().startsWith(UNIX)) {
            return settings.listen();
        }
        String host = connector.getHost();
        String shown = host == null ? "" : host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return shown + ":" + port();
    }

    /// 0 for a Unix socket.
    public int port() {
        return Math.max(0, connector.getLocalPort());
    }

    /// Connections that are open now.
    public int connections() {
        return guard.connections();
    }

    /// Takes no more connections, lets running requests end (for as long as the limits say), and leaves nothing of
    /// those that do not. Repeating it is harmless.
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            log.accept("warning: the server did not stop in order: " + e);
        }
        if (accessLog != null && !"-".equals(settings.accessLog())) {
            accessLog.close();
        }
    }
}
