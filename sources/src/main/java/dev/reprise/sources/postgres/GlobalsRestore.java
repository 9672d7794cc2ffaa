package dev.reprise.sources.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Applies the statements of `globals.sql` to a server, apart from those about tablespaces. Belongs to one thread.
final class GlobalsRestore {
    private static final String EXISTS = "42710";

    private final PostgresServer target;
    private final Connection connection;
    private final Set<String> changed;

    /// @param changed roles that exist and may be changed
    GlobalsRestore(PostgresServer target, Connection connection, List<String> changed) {
        this.target = target;
        this.connection = connection;
        this.changed = Set.copyOf(changed);
    }

    /// Makes the roles that do not exist, and grants roles to roles.
    void addMissing(List<String> statements) throws SQLException {
        var existing = new HashSet<>(SqlRows.texts(connection, "SELECT rolname FROM pg_roles"));
        for (String statement : statements) {
            if (!existing.contains(GlobalsScript.role(statement)) && !GlobalsScript.aboutTablespace(statement)) {
                apply(statement);
            }
        }
    }

    /// Changes the roles that may be changed to what was saved.
    void changeExisting(List<String> statements) throws SQLException {
        for (String statement : statements) {
            if (changed.contains(GlobalsScript.role(statement)) && !statement.startsWith("CREATE ROLE ")) {
                apply(statement);
            }
        }
    }

    private void apply(String statement) {
        try {
            SqlRows.execute(connection, statement);
        } catch (SQLException e) {
            if (!EXISTS.equals(e.getSQLState())) {
                String shown = statement.replaceAll("PASSWORD '.*", "PASSWORD …");
                throw target.failure("applying \"" + shown + "\" of globals.sql", e);
            }
        }
    }
}
