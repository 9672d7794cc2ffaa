package dev.reprise.sources.postgres;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.Secret;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.SourceException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One PostgreSQL server to protect.
///
/// @param name        the source's name in the configuration
/// @param user        the role to connect as; needs `pg_read_all_data`, and `BYPASSRLS` where row security is
/// used
/// @param password    empty where the server asks for none
/// @param sslMode     as libpq's `sslmode`: `disable`, `prefer`, `require`, `verify-ca` or `verify-full`
/// @param database    the database to connect to for questions about the whole server
/// @param databases   the databases to capture; empty for all that allow connections
/// @param exclude     databases to leave out
/// @param maxLockWait how long a dump waits for a lock on a table before it gives up
/// @param level       what to find out about the rows
/// @param tools       the only folder to take `pg_dump` and its siblings from; empty for the usual ones
public record PostgresSettings(
        String name,
        String host,
        int port,
        String user,
        Optional<Secret> password,
        String sslMode,
        String database,
        List<String> databases,
        List<String> exclude,
        Duration maxLockWait,
        FactsLevel level,
        Optional<Path> tools) {
    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    public PostgresSettings {
        databases = List.copyOf(databases);
        exclude = List.copyOf(exclude);
        if (!SSL_MODES.contains(sslMode)) {
            throw invalid(name, "sslmode is \"" + sslMode + "\"", "use one of " + String.join(", ", SSL_MODES));
        }
        if (port < 1 || port > 65535) {
            throw invalid(name, "port is " + port, "use a port from 1 to 65535, usually 5432");
        }
        if (maxLockWait.isNegative() || maxLockWait.isZero()) {
            throw invalid(name, "the longest wait for a lock is " + maxLockWait, "use a positive time such as 60s");
        }
    }

    /// Reads `postgresql://user:password@host:port/database?sslmode=require`. A database in it is the only one
    /// captured; without one all are. The rest gets its default: sslmode `prefer`, 60 seconds, counts.
    ///
    /// @param password used when the URL has none
    public static PostgresSettings ofUrl(String name, String url, Optional<Secret> password) {
        URI uri = parse(name, url);
        String[] userInfo =
                Optional.ofNullable(uri.getRawUserInfo()).orElse("postgres").split(":", 2);
        String path = Optional.ofNullable(uri.getRawPath()).orElse("");
        String database = decoded(path.startsWith("/") ? path.substring(1) : path);
        return new PostgresSettings(
                name,
                unbracketed(Optional.ofNullable(uri.getHost()).orElse("localhost")),
                uri.getPort() < 0 ? 5432 : uri.getPort(),
                decoded(userInfo[0]),
                userInfo.length > 1 ? Optional.of(Secret.of(decoded(userInfo[1]))) : password,
                sslMode(name, uri),
                database.isEmpty() ? "postgres" : database,
                database.isEmpty() ? List.of() : List.of(database),
                List.of(),
                Duration.ofSeconds(60),
                FactsLevel.COUNTS,
                Optional.empty());
    }

    /// A server by host and port, all its databases; the rest gets its default as in [#ofUrl].
    ///
    /// @param user `postgres` when empty
    public static PostgresSettings ofServer(
            String name, String host, int port, Optional<String> user, Optional<Secret> password) {
        return new PostgresSettings(
                name,
                host,
                port,
                user.orElse("postgres"),
                password,
                "prefer",
                "postgres",
                List.of(),
                List.of(),
                Duration.ofSeconds(60),
                FactsLevel.COUNTS,
                Optional.empty());
    }

    private static URI parse(String name, String url) {
        try {
            var uri = new URI(url);
            boolean ours = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
            // A host that URI cannot read (an underscore) is null there: falling back would save another server.
            boolean understood = uri.getHost() != null || uri.getRawAuthority() == null;
            if (ours && understood) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // The exception repeats the URL, which may hold a password: it is not passed on.
        }
        throw invalid(name, "its URL is not a PostgreSQL one", "write it like postgresql://user@host:5432/database");
    }

    private static String sslMode(String name, URI uri) {
        String mode = "prefer";
        for (String parameter :
                Optional.ofNullable(uri.getRawQuery()).orElse("").split("&", -1)) {
            if (parameter.startsWith("sslmode=")) {
                mode = decoded(parameter.substring("sslmode=".length()));
            } else if (!parameter.isEmpty()) {
                throw invalid(
                        name, "its URL has a parameter that is not known", "remove parameters other than sslmode");
            }
        }
        return mode;
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static SourceException invalid(String name, String fact, String hint) {
        return new SourceException(
                ExitStatus.BAD_CONFIGURATION, "postgres source \"" + name + "\": " + fact, hint, null);
    }

    public PostgresSettings withLevel(FactsLevel other) {
        return new PostgresSettings(
                name, host, port, user, password, sslMode, database, databases, exclude, maxLockWait, other, tools);
    }

    public PostgresSettings withTools(Path folder) {
        return new PostgresSettings(
                name,
                host,
                port,
                user,
                password,
                sslMode,
                database,
                databases,
                exclude,
                maxLockWait,
                level,
                Optional.of(folder));
    }

    public PostgresSettings withMaxLockWait(Duration other) {
        return new PostgresSettings(
                name, host, port, user, password, sslMode, database, databases, exclude, other, level, tools);
    }

    public PostgresSettings withDatabases(List<String> only, List<String> excluded) {
        return new PostgresSettings(
                name, host, port, user, password, sslMode, database, only, excluded, maxLockWait, level, tools);
    }

    /// For messages: host and port, no credentials.
    String where() {
        return host + ":" + port;
    }
}
