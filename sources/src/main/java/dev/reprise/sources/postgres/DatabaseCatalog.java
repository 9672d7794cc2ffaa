package dev.reprise.sources.postgres;

import dev.reprise.base.ExitStatus;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.StreamSource.StoredStreams;
import dev.reprise.sources.json.JsonTree;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The databases of a server, and `databases.json`, which lists them in a capture.
///
/// @param serverMajor major version of the server they come from; 0 if unknown
/// @param invalid     databases whose creation or removal was interrupted: they cannot be connected to
/// @param closed      databases that forbid connections, apart from `template0`
record DatabaseCatalog(int serverMajor, List<DatabaseEntry> databases, List<String> invalid, List<String> closed) {
    static final String PATH = "databases.json";
    static final String TEMPLATE = "template1";

    // Columns that came with later versions are read through JSON, so that one statement fits all.
    private static final String DATABASES = """
            SELECT d.oid, d.datname, pg_get_userbyid(d.datdba), pg_encoding_to_char(d.encoding), d.datcollate,
                   d.datctype, coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'),
                   coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', ''), t.spcname,
                   d.datconnlimit, coalesce(shobj_description(d.oid, 'pg_database'), ''), d.datacl IS NOT NULL,
                   d.datistemplate, coalesce(to_jsonb(d) ->> 'daticurules', ''), d.datallowconn
            FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace
            WHERE d.datname <> 'template0'
            ORDER BY d.datname COLLATE "C"
            """;
    private static final String GRANTS = """
            SELECT CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee) END, a.privilege_type,
                   a.is_grantable
            FROM pg_database d, aclexplode(d.datacl) a WHERE d.oid = ? ORDER BY 1, 2
            """;
    private static final String SETTINGS = """
            SELECT CASE WHEN setrole = 0 THEN '' ELSE pg_get_userbyid(setrole) END, unnest(setconfig)
            FROM pg_db_role_setting WHERE setdatabase = ? ORDER BY setrole
            """;

    static DatabaseCatalog read(Connection connection) throws SQLException {
        var databases = new ArrayList<DatabaseEntry>();
        var invalid = new ArrayList<String>();
        var closed = new ArrayList<String>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(DATABASES)) {
            while (row.next()) {
                if (row.getLong(10) == -2) {
                    invalid.add(row.getString(2));
                } else if (!row.getBoolean(15)) {
                    closed.add(row.getString(2));
                } else {
                    databases.add(entry(connection, row));
                }
            }
        }
        int major = connection.getMetaData().getDatabaseMajorVersion();
        return new DatabaseCatalog(major, databases, invalid, closed);
    }

    private static DatabaseEntry entry(Connection connection, ResultSet row) throws SQLException {
        String name = row.getString(2);
        return new DatabaseEntry(
                name,
                PlainNames.dumpFile(name),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(14),
                row.getString(9),
                row.getLong(10),
                row.getString(11),
                row.getBoolean(13),
                row.getBoolean(12),
                grants(connection, row.getLong(1)),
                settings(connection, row.getLong(1)));
    }

    private static List<DatabaseEntry.Grant> grants(Connection connection, long oid) throws SQLException {
        var grants = new ArrayList<DatabaseEntry.Grant>();
        try (PreparedStatement statement = connection.prepareStatement(GRANTS)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    grants.add(new DatabaseEntry.Grant(row.getString(1), row.getString(2), row.getBoolean(3)));
                }
            }
        }
        return grants;
    }

    private static List<DatabaseEntry.Setting> settings(Connection connection, long oid) throws SQLException {
        var settings = new ArrayList<DatabaseEntry.Setting>();
        try (PreparedStatement statement = connection.prepareStatement(SETTINGS)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    settings.add(new DatabaseEntry.Setting(row.getString(1), row.getString(2)));
                }
            }
        }
        return settings;
    }

    /// Those the settings ask for. `template1` is not among all databases, as every server comes with one; it is
    /// taken when asked for by name.
    ///
    /// @throws SourceException if a database asked for by name is not there
    DatabaseCatalog selected(PostgresSettings settings, PostgresServer server) {
        List<String> names = settings.databases();
        for (String wanted : names) {
            if (databases.stream().noneMatch(entry -> entry.name().equals(wanted))) {
                throw server.failure(
                        "there is no database \"" + wanted + "\" that allows connections",
                        closed.contains(wanted) ? allow(wanted) : "check the databases listed for this source",
                        null);
            }
        }
        Predicate<String> chosen = name -> (names.isEmpty() ? !name.equals(TEMPLATE) : names.contains(name))
                && !settings.exclude().contains(name);
        return new DatabaseCatalog(
                serverMajor,
                databases.stream().filter(entry -> chosen.test(entry.name())).toList(),
                invalid.stream().filter(chosen).toList(),
                closed.stream().filter(chosen).toList());
    }

    /// What to do about a database that forbids connections.
    static String allow(String database) {
        return "run: ALTER DATABASE " + SqlText.identifier(database) + " ALLOW_CONNECTIONS true";
    }

    boolean has(String name) {
        return databases.stream().anyMatch(entry -> entry.name().equals(name));
    }

    /// Whether more is known of the databases than their names.
    boolean described() {
        return serverMajor > 0;
    }

    /// All but one.
    DatabaseCatalog without(String name) {
        return new DatabaseCatalog(
                serverMajor,
                databases.stream().filter(entry -> !entry.name().equals(name)).toList(),
                invalid,
                closed);
    }

    byte[] toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("server_major", serverMajor);
        json.put("databases", databases.stream().map(DatabaseEntry::toJson).toList());
        json.put("invalid", invalid);
        json.put("closed", closed);
        return JsonTree.write(json);
    }

    /// From `databases.json`, or from the names of the dumps where it is missing.
    static DatabaseCatalog stored(StoredStreams stored, PostgresServer server) {
        try {
            if (stored.paths().contains(PATH)) {
                try (InputStream stream = stored.open(PATH)) {
                    return parse(JsonTree.read(stream), stored);
                }
            }
            List<DatabaseEntry> databases = stored.paths().stream()
                    .filter(PlainNames::isDumpFile)
                    .map(path -> DatabaseEntry.unknown(PlainNames.database(path), path))
                    .toList();
            return new DatabaseCatalog(0, databases, List.of(), List.of());
        } catch (IOException | IllegalArgumentException e) {
            throw new SourceException(
                    ExitStatus.SOURCE_FAILED,
                    server.failure("the capture is damaged: " + e.getMessage(), "", null)
                            .fact(),
                    "check the repository, or restore another snapshot",
                    e);
        }
    }

    private static DatabaseCatalog parse(Object json, StoredStreams stored) {
        if (!(json instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(PATH + " is no object");
        }
        List<DatabaseEntry> databases = DatabaseEntry.maps(map, "databases").stream()
                .map(DatabaseEntry::fromJson)
                .toList();
        for (DatabaseEntry entry : databases) {
            if (!stored.paths().contains(entry.dump())) {
                throw new IllegalArgumentException("the dump " + entry.dump() + " is missing");
            }
        }
        int major = Math.toIntExact(DatabaseEntry.part(map, "server_major", Long.class));
        return new DatabaseCatalog(major, databases, List.of(), List.of());
    }
}
