package dev.reprise.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What standard error is connected to.
///
/// @param present whether it is a terminal at all
/// @param environment for `TERM`, `NO_COLOR` and `COLUMNS`
record Terminal(boolean present, Map<String, String> environment) {
    private static final int USUAL_COLUMNS = 80;
    private static final int MOST_COLUMNS = 1000;

    static Terminal of(CommandContext context) {
        return new Terminal(context.terminal().err(), context.environment());
    }

    /// Whether a line can be drawn over.
    boolean moving() {
        return present && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    boolean colours() {
        return moving() && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /// Width in characters, from `COLUMNS`, else from the terminal, else 80.
    int columns() {
        int fromEnvironment = columns(environment.getOrDefault("COLUMNS", ""));
        if (fromEnvironment > 0 || !present) {
            return fromEnvironment > 0 ? fromEnvironment : USUAL_COLUMNS;
        }
        String[] rowsAndColumns = sttySize().strip().split(" ", -1);
        int asked = rowsAndColumns.length == 2 ? columns(rowsAndColumns[1]) : 0;
        return asked > 0 ? asked : USUAL_COLUMNS;
    }

    private static int columns(String text) {
        try {
            int columns = Integer.parseInt(text.strip());
            return columns >= 20 ? Math.min(columns, MOST_COLUMNS) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// `rows columns` of the controlling terminal; empty when it cannot be asked.
    private static String sttySize() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(1, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
                return "";
            }
            return new String(stty.getInputStream().readNBytes(64), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
