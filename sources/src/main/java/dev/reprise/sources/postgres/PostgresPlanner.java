package dev.reprise.sources.postgres;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.Secret;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.StreamSource.StoredStreams;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Looks at a target and at a capture and says what a restore would do. Changes nothing.
final class PostgresPlanner {
    private static final Set<String> OPTIONS = Set.of("database", "only", "globals", "owners", "password-file");
    private static final String MAGIC = "PGDMP";
    private static final int HEADER_BYTES = 8;

    private final PostgresSource owner;
    private final PostgresSettings settings;
    private final StoredStreams stored;
    private final RestoreRequest request;
    private final PostgresServer target;

    PostgresPlanner(PostgresSource owner, PostgresSettings settings, StoredStreams stored, RestoreRequest request) {
        this.owner = owner;
        this.settings = settings;
        this.stored = stored;
        this.request = request;
        request.options().keySet().stream()
                .filter(option -> !OPTIONS.contains(option))
                .findFirst()
                .ifPresent(option -> {
                    throw invalid(
                            "restore option \"" + option + "\" is not known", "use " + String.join(", ", OPTIONS));
                });
        this.target = target();
    }

    private PostgresServer target() {
        if (request.target().isEmpty()) {
            return PostgresServer.of(settings);
        }
        Optional<Secret> password = settings.password();
        String file = request.options().get("password-file");
        if (file != null) {
            try {
                password = Optional.of(Secret.of(Files.readString(Path.of(file)).strip()));
            } catch (IOException e) {
                throw invalid("the password file " + file + " cannot be read", "check its path and permissions");
            }
        }
        return PostgresServer.of(PostgresSettings.ofUrl(settings.name(), request.target(), password));
    }

    PostgresRestorePlan plan() {
        DatabaseCatalog captured = DatabaseCatalog.stored(stored, target);
        Map<String, String> names = newNames(captured);
        boolean globals = yes("globals", true) && stored.paths().contains(PostgresCapture.GLOBALS);
        boolean owners = yes("owners", true);
        var notes = new ArrayList<String>();
        try (Connection connection = target.connect()) {
            int major = connection.getMetaData().getDatabaseMajorVersion();
            if (captured.serverMajor() > major) {
                notes.add("note: the dump comes from PostgreSQL " + captured.serverMajor()
                        + " and the target is the older " + major + "; it may not fit");
            }
            requireRights(connection);
            Set<String> existing = new HashSet<>(SqlRows.texts(connection, "SELECT datname FROM pg_database"));
            var databases = new ArrayList<PostgresRestorePlan.DatabaseRestore>();
            for (DatabaseEntry entry : captured.databases()) {
                String newName = names.get(entry.name());
                if (newName != null) {
                    databases.add(database(entry, newName, existing.contains(newName), major));
                }
            }
            boolean tablespaces = tablespaces(connection, captured, notes);
            List<String> changed = globals && request.replace() ? changedRoles(connection) : List.of();
            return new PostgresRestorePlan(
                    owner, target, major, databases, globals, changed, owners, tablespaces, notes);
        } catch (SQLException e) {
            throw target.failure("the target cannot be looked at", e);
        }
    }

    /// Roles of globals.sql that exist. The one we are connected as stays: the next programs need its password.
    private List<String> changedRoles(Connection connection) throws SQLException {
        var existing =
                new HashSet<>(SqlRows.texts(connection, "SELECT rolname FROM pg_roles WHERE rolname <> current_user"));
        return GlobalsScript.statements(globalsText()).stream()
                .map(GlobalsScript::role)
                .filter(existing::contains)
                .distinct()
                .toList();
    }

    private void requireRights(Connection connection) throws SQLException {
        if (!SqlRows.bool(connection, "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")) {
            throw refused(
                    "role \"" + target.user() + "\" may not create databases",
                    "connect as another role, or ALTER ROLE " + SqlText.identifier(target.user()) + " CREATEDB");
        }
    }

    private PostgresRestorePlan.DatabaseRestore database(
            DatabaseEntry entry, String newName, boolean exists, int major) {
        if (exists && !request.replace()) {
            throw refused(
                    "database \"" + newName + "\" exists",
                    "restore under another name with database=" + entry.name() + ":" + newName
                            + "_restored, or allow to replace it");
        }
        if (exists && newName.equals(target.database())) {
            throw refused(
                    "database \"" + newName + "\" cannot be replaced over a connection to itself",
                    "name another database in the target's URL, such as template1");
        }
        if (newName.isEmpty() || newName.getBytes(StandardCharsets.UTF_8).length > 63) {
            throw invalid("\"" + newName + "\" is no name for a database", "use a name of 1 to 63 bytes");
        }
        ClientProgram program = ClientProgram.toRestore(target, major, archiveMinor(entry), settings.tools());
        return new PostgresRestorePlan.DatabaseRestore(entry, newName, exists, stored.size(entry.dump()), program);
    }

    /// `PGDMP`, then the archive's version in two bytes.
    private int archiveMinor(DatabaseEntry entry) {
        try (InputStream stream = stored.open(entry.dump())) {
            byte[] header = stream.readNBytes(HEADER_BYTES);
            boolean magic = header.length == HEADER_BYTES
                    && new String(header, 0, MAGIC.length(), StandardCharsets.US_ASCII).equals(MAGIC);
            if (!magic || header[5] != 1) {
                throw target.failure(
                        entry.dump() + " is no custom-format dump",
                        "check the repository, or use another snapshot",
                        null);
            }
            return header[6] & 0xFF;
        } catch (IOException e) {
            throw target.failure(entry.dump() + " cannot be read: " + e.getMessage(), "check the repository", e);
        }
    }

    /// Names in the target by names in the capture, of those to restore.
    private Map<String, String> newNames(DatabaseCatalog captured) {
        Map<String, String> renamed = renamed();
        List<String> only = list("only");
        var names = new LinkedHashMap<String, String>();
        for (DatabaseEntry entry : captured.databases()) {
            if (only.isEmpty() || only.contains(entry.name())) {
                names.put(entry.name(), renamed.getOrDefault(entry.name(), entry.name()));
            }
        }
        var wanted = new HashSet<>(only);
        wanted.addAll(renamed.keySet());
        wanted.removeAll(names.keySet());
        if (!wanted.isEmpty()) {
            throw invalid("the capture has no database " + wanted, "it has " + names.keySet());
        }
        if (new HashSet<>(names.values()).size() != names.size()) {
            throw invalid("two databases would get the same name", "choose different new names");
        }
        return names;
    }

    private Map<String, String> renamed() {
        var renamed = new LinkedHashMap<String, String>();
        for (String pair : list("database")) {
            String[] names = pair.split(":", -1);
            if (names.length != 2) {
                throw invalid("database=" + pair + " is no renaming", "write it like database=app:app_restored");
            }
            renamed.put(names[0], names[1]);
        }
        return renamed;
    }

    private List<String> list(String option) {
        String value = request.options().getOrDefault(option, "");
        return value.isEmpty() ? List.of() : List.of(value.split(",", -1));
    }

    private boolean yes(String option, boolean otherwise) {
        String value = request.options().getOrDefault(option, otherwise ? "yes" : "no");
        return switch (value) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw invalid(option + " is \"" + value + "\"", "use yes or no");
        };
    }

    /// Tablespaces are kept if all that the databases lie in exist; those of globals.sql need their folders.
    private boolean tablespaces(Connection connection, DatabaseCatalog captured, List<String> notes)
            throws SQLException {
        List<String> existing = SqlRows.texts(connection, "SELECT spcname FROM pg_tablespace");
        List<String> wanted = new ArrayList<>();
        if (stored.paths().contains(PostgresCapture.GLOBALS)) {
            GlobalsScript.statements(globalsText()).stream()
                    .map(GlobalsScript::createdTablespace)
                    .filter(name -> !name.isEmpty())
                    .forEach(wanted::add);
        }
        captured.databases().stream()
                .map(DatabaseEntry::tablespace)
                .filter(t -> !t.isEmpty())
                .forEach(wanted::add);
        boolean present = existing.containsAll(wanted);
        if (!present) {
            notes.add("note: the target lacks tablespaces of the source; everything goes into its default one");
        }
        return present;
    }

    private String globalsText() {
        try (InputStream stream = stored.open(PostgresCapture.GLOBALS)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw target.failure("globals.sql cannot be read: " + e.getMessage(), "check the repository", e);
        }
    }

    private SourceException refused(String fact, String hint) {
        return new SourceException(
                ExitStatus.TARGET_REFUSED, target.failure(fact, "", null).fact(), hint, null);
    }

    private SourceException invalid(String fact, String hint) {
        return new SourceException(
                ExitStatus.BAD_CONFIGURATION, "postgres source \"" + settings.name() + "\": " + fact, hint, null);
    }
}
