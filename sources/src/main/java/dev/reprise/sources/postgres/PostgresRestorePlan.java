package dev.reprise.sources.postgres;

import dev.reprise.sources.RestorePlan;
import java.util.ArrayList;
import java.util.List;

/// @param server       the target; its secret is not part of any text
/// @param owner        the source that made the plan
/// @param serverMajor  of the target
/// @param globals      whether roles and tablespaces are applied first
/// @param owners       whether owners and grants are restored
/// @param tablespaces  whether objects go into the tablespaces they came from
/// @param notes        what the operator should know beforehand
record PostgresRestorePlan(
        PostgresSource owner,
        PostgresServer server,
        int serverMajor,
        List<DatabaseRestore> databases,
        boolean globals,
        boolean replace,
        boolean owners,
        boolean tablespaces,
        List<String> notes)
        implements RestorePlan {
    /// @param newName  name in the target
    /// @param exists   whether a database of that name is there now
    /// @param bytes    length of the dump
    record DatabaseRestore(DatabaseEntry entry, String newName, boolean exists, long bytes, ClientProgram pgRestore) {}

    @Override
    public List<String> steps() {
        var steps = new ArrayList<>(notes);
        if (globals) {
            steps.add("apply roles and tablespaces of globals.sql; roles that exist are "
                    + (replace ? "changed, except the one connected as" : "kept as they are"));
        }
        for (DatabaseRestore database : databases) {
            steps.add("restore %s (%d bytes) with pg_restore %s into a database of a temporary name"
                    .formatted(
                            database.entry().dump(),
                            database.bytes(),
                            database.pgRestore().version()));
            steps.add("analyse it, count its rows and compare them with those recorded");
            steps.add(
                    database.exists()
                            ? "end the sessions of database \"" + database.newName() + "\", drop it and put the new one"
                                    + " in its place; until then it stays untouched"
                            : "name it \"" + database.newName() + "\"");
        }
        return List.copyOf(steps);
    }

    @Override
    public boolean destructive() {
        return databases.stream().anyMatch(DatabaseRestore::exists);
    }

    @Override
    public String target() {
        return server.url();
    }
}
