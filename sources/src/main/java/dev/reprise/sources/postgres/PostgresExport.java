package dev.reprise.sources.postgres;

import dev.reprise.base.ExitStatus;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.StreamSource.StoredStreams;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Turns a capture into one SQL text that psql runs.
final class PostgresExport {
    private final PostgresSettings settings;
    private final StoredStreams stored;

    PostgresExport(PostgresSettings settings, StoredStreams stored) {
        this.settings = settings;
        this.stored = stored;
    }

    void write(OutputStream out) throws IOException {
        ClientProgram pgRestore = newest();
        for (String path : stored.paths()) {
            if (path.equals(PostgresCapture.GLOBALS)) {
                globals(path, out);
            }
        }
        for (String path : stored.paths()) {
            if (PlainNames.isDumpFile(path)) {
                database(pgRestore, path, out);
            }
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

    /// Without psql's meta-commands, which hold a random key and which older versions of psql do not know.
    private void globals(String path, OutputStream out) throws IOException {
        try (InputStream stream = stored.open(path);
                var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("\\restrict ") && !line.startsWith("\\unrestrict ")) {
                    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private void database(ClientProgram pgRestore, String path, OutputStream out) throws IOException {
        try (InputStream dump = stored.open(path);
                var process = ClientProcess.start(pgRestore, List.of("--create", "--file=-"), Map.of())) {
            process.feed(dump, out);
        } catch (IOException e) {
            throw new SourceException(
                    "%s could not be turned into SQL: %s".formatted(path, e.getMessage()),
                    "check the repository, or the pg_restore named in the message",
                    e);
        }
    }
}
