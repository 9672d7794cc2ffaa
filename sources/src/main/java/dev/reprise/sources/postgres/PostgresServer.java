package dev.reprise.sources.postgres;

import dev.reprise.base.Secret;
import dev.reprise.sources.SourceException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How to reach one server, for our own connections and for those of child processes.
///
/// @param source name of the source, for messages
record PostgresServer(
        String source, String host, int port, String user, Optional<Secret> password, String sslMode, String database) {
    private static final int CONNECT_SECONDS = 15;

    static PostgresServer of(PostgresSettings settings) {
        return new PostgresServer(
                settings.name(),
                settings.host(),
                settings.port(),
                settings.user(),
                settings.password(),
                settings.sslMode(),
                settings.database());
    }

    /// To the database for questions about the whole server.
    Connection connect() {
        return connect(database);
    }

    /// The caller closes it.
    Connection connect(String toDatabase) {
        String address = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        String encoded = URLEncoder.encode(toDatabase, StandardCharsets.UTF_8).replace("+", "%20");
        var properties = new Properties();
        properties.setProperty("user", user);
        password.ifPresent(secret -> properties.setProperty("password", secret.reveal()));
        properties.setProperty("sslmode", sslMode);
        properties.setProperty("ApplicationName", "reprise");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("loginTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        try {
            return DriverManager.getConnection("jdbc:postgresql://" + address + ":" + port + "/" + encoded, properties);
        } catch (SQLException e) {
            throw failure("cannot connect to database \"" + toDatabase + "\"", e);
        }
    }

    /// What libpq reads from the environment. The name of the database is not parsed there, as it would be on the
    /// command line, and the password is visible to this user's own processes only.
    Map<String, String> environment(String ofDatabase) {
        var environment = new TreeMap<>(Map.of(
                "PGHOST", host,
                "PGPORT", Integer.toString(port),
                "PGUSER", user,
                "PGDATABASE", ofDatabase,
                "PGSSLMODE", sslMode,
                "PGAPPNAME", "reprise",
                "PGCONNECT_TIMEOUT", Integer.toString(CONNECT_SECONDS)));
        password.ifPresent(secret -> environment.put("PGPASSWORD", secret.reveal()));
        return environment;
    }

    /// `postgresql://user@host:port`, without the password.
    String url() {
        return "postgresql://" + user + "@" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    SourceException failure(String fact, String hint, @Nullable Throwable cause) {
        return new SourceException(prefix() + fact, hint, cause);
    }

    SourceException failure(String during, SQLException cause) {
        return new SourceException(prefix() + during + ": " + cause.getMessage(), hint(cause), cause);
    }

    private String prefix() {
        return "postgres source \"" + source + "\" at " + host + ":" + port + ": ";
    }

    /// By SQLSTATE; its first two characters are the class of the error.
    private String hint(SQLException cause) {
        String state = Optional.ofNullable(cause.getSQLState()).orElse("     ");
        return switch (state) {
            case "28P01", "28000" -> "check the user \"" + user + "\", its password and the server's pg_hba.conf";
            case "08004" -> // refused before a wrong password could be: mostly because none was given
                (password.isEmpty() ? "give the password in the URL, in PGPASSWORD or by the key password; " : "")
                        + "check the user \"" + user + "\" and the server's pg_hba.conf";
            case "3D000" -> "check the name of the database";
            case "42501" ->
                "grant role \"" + user + "\" the right: GRANT pg_read_all_data TO " + SqlText.identifier(user);
            case "55P03" -> "run again when the table is not locked, or allow a longer wait for locks";
            default ->
                state.startsWith("08")
                        ? "check host and port, and that the server accepts connections from here"
                        : "read the server's log";
        };
    }
}
