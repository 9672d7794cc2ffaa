package dev.reprise.sources.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

// psql would stop at the first role that exists, or run over every error. So the script is taken apart here: it holds
// only plain SQL statements and, in newer versions, two meta-command lines (restrict and unrestrict, each with a
// backslash before it).

/// The statements of a script that `pg_dumpall --globals-only` wrote, without comments, meta-commands and the `SET`
/// lines that only concern psql.
final class GlobalsScript {
    private static final Pattern TABLESPACE = Pattern.compile("(CREATE|ALTER|COMMENT ON) TABLESPACE "
            + "|(GRANT|REVOKE) [A-Z ,]+ ON TABLESPACE |SECURITY LABEL FOR \\S+ ON TABLESPACE ");

    private final String text;
    private final List<String> statements = new ArrayList<>();
    private final StringBuilder current = new StringBuilder();
    private int at;

    private GlobalsScript(String text) {
        this.text = text;
    }

    /// @throws IllegalArgumentException if a quote, a comment or the last statement does not end
    static List<String> statements(String script) {
        var parser = new GlobalsScript(script);
        while (parser.at < script.length()) {
            parser.step();
        }
        if (!parser.current.toString().isBlank()) {
            throw new IllegalArgumentException("the last statement of the globals is cut off");
        }
        return parser.statements;
    }

    private void step() {
        char c = text.charAt(at);
        boolean lineStart = at == 0 || text.charAt(at - 1) == '\n';
        if (c == '\\' && lineStart && current.toString().isBlank()) {
            skipLine();
        } else if (text.startsWith("--", at)) {
            skipLine();
        } else if (c == '\'') {
            quoted('\'', escapes());
        } else if (c == '"') {
            quoted('"', false);
        } else if (c == ';') {
            add();
        } else {
            current.append(c);
            at++;
        }
    }

    /// `E'…'`: a backslash takes the next character along.
    private boolean escapes() {
        int length = current.length();
        boolean prefix = length > 0 && Character.toUpperCase(current.charAt(length - 1)) == 'E';
        return prefix && (length == 1 || !Character.isLetterOrDigit(current.charAt(length - 2)));
    }

    private void quoted(char quote, boolean backslashes) {
        int from = at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (backslashes && c == '\\') {
                at++;
            } else if (c == quote) {
                if (at + 1 < text.length() && text.charAt(at + 1) == quote) {
                    at++;
                } else {
                    current.append(text, from, ++at);
                    return;
                }
            }
            at++;
        }
        throw new IllegalArgumentException("a quote in the globals does not end");
    }

    private void skipLine() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end + 1;
    }

    private void add() {
        String statement = current.toString().strip();
        if (!statement.isEmpty() && !statement.startsWith("SET ")) {
            statements.add(statement);
        }
        current.setLength(0);
        at++;
    }

    /// The role a `CREATE ROLE`, `ALTER ROLE` or `COMMENT ON ROLE` statement is about; empty for any other.
    static String role(String statement) {
        for (String start : List.of("CREATE ROLE ", "ALTER ROLE ", "COMMENT ON ROLE ")) {
            if (statement.startsWith(start)) {
                return identifier(statement.substring(start.length()));
            }
        }
        return "";
    }

    /// `CREATE TABLESPACE x …`: `x`; empty for any other statement.
    static String createdTablespace(String statement) {
        String start = "CREATE TABLESPACE ";
        return statement.startsWith(start) ? identifier(statement.substring(start.length())) : "";
    }

    /// Whether a statement is about a tablespace: those need folders that only their server has.
    static boolean aboutTablespace(String statement) {
        return TABLESPACE.matcher(statement).lookingAt();
    }

    private static String identifier(String text) {
        if (!text.startsWith("\"")) {
            return text.split("\\s", 2)[0];
        }
        int end = 1;
        while (end < text.length() && (text.charAt(end) != '"' || text.startsWith("\"\"", end))) {
            end += text.charAt(end) == '"' ? 2 : 1;
        }
        return text.substring(1, Math.min(end, text.length())).replace("\"\"", "\"");
    }
}
