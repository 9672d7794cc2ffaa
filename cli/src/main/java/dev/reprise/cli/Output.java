package dev.reprise.cli;

import dev.reprise.base.RepriseException;
import java.io.PrintStream;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Everything a command says, as text for people or, with `--json`, as one JSON object per line.
///
/// Results go to standard output; progress, remarks, warnings and errors to standard error, so that a pipe gets
/// results only. Safe for use by many threads: lines never mix, and the progress line gives way to them.
public final class Output {
    enum Form {
        TEXT,
        JSON
    }

    /// How much of the text is printed.
    enum Detail {
        QUIET,
        NORMAL,
        VERBOSE
    }

    private final PrintStream out;
    private final PrintStream err;
    private final Form form;
    private final Detail detail;
    private final Style style;
    private final Terminal terminal;
    private final LongSupplier nanoTime;
    private @Nullable Progress running;

    Output(PrintStream out, PrintStream err, Form form, Detail detail, Terminal terminal, LongSupplier nanoTime) {
        this.out = out;
        this.err = err;
        this.form = form;
        this.detail = detail;
        this.terminal = terminal;
        this.style = Style.of(terminal);
        this.nanoTime = nanoTime;
    }

    static Output of(CommandContext context, boolean json, boolean quiet, boolean verbose) {
        return new Output(
                context.out(),
                context.err(),
                json ? Form.JSON : Form.TEXT,
                quiet ? Detail.QUIET : verbose ? Detail.VERBOSE : Detail.NORMAL,
                Terminal.of(context),
                System::nanoTime);
    }

    public boolean json() {
        return form == Form.JSON;
    }

    /// What the user asked for. Standard output, printed even when quiet; nothing with `--json`.
    public void result(String text) {
        if (form == Form.TEXT) {
            print(out, Printable.of(text));
        }
    }

    /// What is good to know. Nothing when quiet or with `--json`.
    public void info(String text) {
        if (form == Form.TEXT && detail != Detail.QUIET) {
            print(err, Printable.of(text));
        }
    }

    /// Only with `--verbose`.
    public void detail(String text) {
        if (form == Form.TEXT && detail == Detail.VERBOSE) {
            print(err, Printable.of(text));
        }
    }

    /// Something is not as it should be and the command goes on.
    ///
    /// @param hint what to do about it; may be empty
    public void warning(String fact, String hint) {
        if (form == Form.JSON) {
            print(err, object("warning", fields -> fields.put("message", fact).put("hint", hint)));
        } else {
            print(err, style.warning("warning:") + " " + Printable.of(fact) + hintLine(hint));
        }
    }

    /// The command ends with this.
    void error(RepriseException error) {
        error(error.exitStatus().code(), error.fact(), error.hint());
    }

    void error(int code, String fact, String hint) {
        if (form == Form.JSON) {
            print(
                    err,
                    object(
                            "exit_error",
                            fields -> fields.put("code", code)
                                    .put("message", fact)
                                    .put("hint", hint)));
        } else {
            print(err, style.error("error:") + " " + Printable.of(fact) + hintLine(hint));
        }
    }

    private String hintLine(String hint) {
        return hint.isEmpty() ? "" : System.lineSeparator() + style.hint("hint:") + "  " + Printable.of(hint);
    }

    /// A JSON object on standard output. Nothing without `--json`.
    ///
    /// @param messageType value of `message_type`, the first field
    public void message(String messageType, Consumer<JsonFields> fields) {
        if (form == Form.JSON) {
            print(out, object(messageType, fields));
        }
    }

    private static String object(String messageType, Consumer<JsonFields> fields) {
        return JsonFields.object(json -> {
            json.put("message_type", messageType);
            fields.accept(json);
        });
    }

    /// Starts to show the progress of long work. Only one is shown at a time.
    ///
    /// @param action what is being done, as in `saving`
    public Progress progress(String action) {
        Progress.Form shown;
        if (form == Form.JSON) {
            shown = Progress.Form.JSON;
        } else if (detail == Detail.QUIET) {
            shown = Progress.Form.NONE;
        } else {
            shown = terminal.moving() ? Progress.Form.BAR : Progress.Form.LINES;
        }
        return new Progress(this, action, shown, nanoTime);
    }

    /// Asks a question on the terminal and reads the answer's line.
    void prompt(String question) {
        synchronized (this) {
            clearBar();
            err.print(question);
            err.flush();
        }
    }

    private synchronized void print(PrintStream stream, String line) {
        clearBar();
        stream.println(line);
        stream.flush();
        drawBar();
    }

    /// Shows `line` in place of the last one, or removes it when null.
    synchronized void bar(Progress progress, @Nullable String line) {
        clearBar();
        running = line == null ? null : progress;
        if (line != null) {
            err.print(line);
            err.flush();
        }
    }

    int width() {
        return terminal.columns();
    }

    private void clearBar() {
        if (running != null) {
            err.print("\r\u001b[K");
            err.flush();
        }
    }

    private void drawBar() {
        Progress progress = running;
        if (progress != null) {
            err.print(progress.lastLine());
            err.flush();
        }
    }
}
