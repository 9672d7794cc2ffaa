package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.repository.model.GoJsonWriter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// What a verb prints: results on standard output, errors and warnings on standard error, as restic does. Lines of many
/// threads never mix.
public final class ResticOutput {
    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;
    private final int verbosity;

    /// @param verbosity 0 quiet, 1 usual, 2 with `-v`, 3 with `-vv`
    ResticOutput(CommandContext context, boolean json, int verbosity) {
        this.out = context.out();
        this.err = context.err();
        this.json = json;
        this.verbosity = verbosity;
    }

    public boolean json() {
        return json;
    }

    /// 0 quiet, 1 usual, 2 with `-v`, 3 with `-vv`.
    public int verbosity() {
        return verbosity;
    }

    /// A line of text, also when quiet: what the verb was asked for. The caller chooses between this and JSON.
    public void result(String line) {
        print(out, line);
    }

    /// A line of text that is good to know: not when quiet, not with `--json`.
    public void info(String line) {
        if (!json && verbosity >= 1) {
            print(out, line);
        }
    }

    /// A line of text with `-v`, not with `--json`.
    public void detail(String line) {
        if (!json && verbosity >= 2) {
            print(out, line);
        }
    }

    /// One JSON document and a line end on standard output.
    public void json(GoJsonWriter document) {
        byte[] bytes = document.raw('\n').toByteArray();
        synchronized (this) {
            out.write(bytes, 0, bytes.length);
            out.flush();
        }
    }

    /// One JSON document and a line end on standard error.
    public void jsonError(GoJsonWriter document) {
        byte[] bytes = document.raw('\n').toByteArray();
        synchronized (this) {
            err.write(bytes, 0, bytes.length);
            err.flush();
        }
    }

    /// A warning or an error that does not end the verb; on standard error, also when quiet.
    public void warning(String line) {
        print(err, line);
    }

    /// Bytes of a file or an archive, for verbs that write data to standard output.
    public PrintStream raw() {
        return out;
    }

    void exitError(int code, String message) {
        if (json) {
            jsonError(new GoJsonWriter()
                    .raw("{\"message_type\":\"exit_error\",\"code\":")
                    .number(code)
                    .raw(",\"message\":")
                    .string(message)
                    .raw('}'));
        } else {
            warning(message);
        }
    }

    private synchronized void print(PrintStream stream, String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        stream.write(bytes, 0, bytes.length);
        stream.flush();
    }
}
