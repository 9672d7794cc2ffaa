package dev.reprise.sources.postgres;

import dev.reprise.base.ExitStatus;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.StreamSource.StoredStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Turns a capture into one SQL text that psql runs.
final class PostgresExport {
    /// As pg_dumpall writes it: `ALTER ROLE x WITH … PASSWORD '…' VALID UNTIL '…'`.
    private static final Pattern PASSWORD = Pattern.compile(
            "(?<start>ALTER ROLE (?<role>\"(?:[^\"]|\"\")*\"|\\S+) WITH .*?)(?<password> PASSWORD '(?:[^']|'')*')(?<end>.*)",
            Pattern.DOTALL);

    private static final String MAINTENANCE = "postgres";
    private static final Set<String> ON_EVERY_SERVER = Set.of(MAINTENANCE, DatabaseCatalog.TEMPLATE);

    private final PostgresSettings settings;
    private final StoredStreams stored;

    PostgresExport(PostgresSettings settings, StoredStreams stored) {
        this.settings = settings;
        this.stored = stored;
    }

    void write(OutputStream out) throws IOException {
        ClientProgram pgRestore = newest();
        DatabaseCatalog catalog = DatabaseCatalog.stored(stored, PostgresServer.of(settings));
        session(out);
        List<String> passwords =
                stored.paths().contains(PostgresCapture.GLOBALS) ? globals(PostgresCapture.GLOBALS, out) : List.of();
        for (DatabaseEntry entry : catalog.databases()) {
            if (catalog.described()) {
                database(pgRestore, entry, out);
            } else {
                content(pgRestore, entry.dump(), List.of("--create"), out);
            }
        }
        session(out);
        for (String password : passwords) {
            line(out, password);
        }
    }

    private ClientProgram newest() {
        List<ClientProgram> all = ClientProgram.all("pg_restore", settings.tools());
        return all.stream()
                .max((a, b) -> Integer.compare(a.major(), b.major()))
                .orElseThrow(() -> new SourceException(
                        ExitStatus.MISSING_PROGRAM,
                        "pg_restore is not on this machine",
                        "install Debian's package postgresql-client",
                        null));
    }

    /// Plain SQL without psql's meta-commands, which hold a random key and which older versions do not know. Three
    /// changes let it load with psql as it is: a role that exists is no error; tablespaces are left out, because
    /// their folders are not there; and passwords come last, because each database begins with a new connection.
    private List<String> globals(String path, OutputStream out) throws IOException {
        String script;
        try (InputStream stream = stored.open(path)) {
            script = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<String> passwords = new ArrayList<>();
        for (String statement : GlobalsScript.statements(script)) {
            if (GlobalsScript.aboutTablespace(statement)) {
                continue;
            }
            Matcher matcher = PASSWORD.matcher(statement);
            if (statement.startsWith("CREATE ROLE ")) {
                line(
                        out,
                        "DO "
                                + dollarQuoted(
                                        "BEGIN " + statement + "; EXCEPTION WHEN duplicate_object THEN NULL; END"));
            } else if (matcher.matches()) {
                line(out, matcher.group("start") + matcher.group("end"));
                passwords.add("ALTER ROLE " + matcher.group("role") + matcher.group("password"));
            } else {
                line(out, statement);
            }
        }
        return passwords;
    }

    private static String dollarQuoted(String text) {
        String tag = "$role$";
        while (text.contains(tag)) {
            tag = "$" + tag.substring(1, tag.length() - 1) + "_$";
        }
        return tag + text + tag;
    }

    private static void line(OutputStream out, String statement) throws IOException {
        out.write((statement + ";\n").getBytes(StandardCharsets.UTF_8));
    }

    /// Not with `pg_restore --create`, which would name the tablespace and make databases that every server has.
    /// What is said about a database is said elsewhere: its own encoding may lack the characters.
    private void database(ClientProgram pgRestore, DatabaseEntry entry, OutputStream out) throws IOException {
        var sql = new DatabaseSql(entry, true, false, _ -> true);
        if (!ON_EVERY_SERVER.contains(entry.name())) {
            line(out, sql.create(entry.name()));
        }
        connect(out, entry.name());
        content(pgRestore, entry.dump(), List.of(), out);
        connect(out, MAINTENANCE);
        session(out);
        for (String statement : sql.properties(entry.name())) {
            line(out, statement);
        }
        for (String statement : sql.template(entry.name())) {
            line(out, statement);
        }
    }

    private static void session(OutputStream out) throws IOException {
        line(out, "SET client_encoding = 'UTF8'");
        line(out, "SET standard_conforming_strings = on");
        line(out, "SET default_transaction_read_only = off");
    }

    /// For psql, which takes a name with odd characters only as a connection string.
    private static void connect(OutputStream out, String database) throws IOException {
        String place = database.matches("[a-z_][a-z0-9_]*")
                ? database
                : "-reuse-previous=on " + SqlText.identifier(SqlText.connectionString(database));
        out.write(("\\connect " + place + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void content(ClientProgram pgRestore, String path, List<String> options, OutputStream out)
            throws IOException {
        var arguments = new ArrayList<>(List.of("--no-tablespaces", "--file=-"));
        arguments.addAll(options);
        try (InputStream dump = stored.open(path);
                var process = ClientProcess.start(pgRestore, arguments, Map.of())) {
            process.feed(dump, out);
        } catch (IOException e) {
            throw new SourceException(
                    "%s could not be turned into SQL: %s".formatted(path, e.getMessage()),
                    "check the repository, or the pg_restore named in the message",
                    e);
        }
    }
}
