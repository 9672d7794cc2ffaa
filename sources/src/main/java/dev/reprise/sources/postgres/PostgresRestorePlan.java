package dev.reprise.sources.postgres;

import dev.reprise.sources.RestorePlan;
import java.util.ArrayList;
import java.util.List;

/// @param server       the target; its secret is not part of any text
/// @param owner        the source that made the plan
/// @param serverMajor  of the target
/// @param globals      whether roles that do not exist are made first
/// @param changedRoles roles that exist and become what was saved, their passwords included
/// @param owners       whether owners and grants are restored
/// @param tablespaces  whether objects go into the tablespaces they came from
/// @param notes        what the operator should know beforehand
record PostgresRestorePlan(
        PostgresSource owner,
        PostgresServer server,
        int serverMajor,
        List<DatabaseRestore> databases,
        boolean globals,
        List<String> changedRoles,
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
            steps.add("make the roles of globals.sql that do not exist"
                    + (changedRoles.isEmpty() ? "; roles that exist are kept as they are" : ""));
        }
        for (DatabaseRestore database : databases) {
            steps.add("restore %s (%d bytes) with pg_restore %s into a database of a temporary name"
                    .formatted(
                            database.entry().dump(),
                            database.bytes(),
                            database.pgRestore().version()));
            steps.add("analyse it, count its rows and compare them with those recorded");
        }
        for (DatabaseRestore database : databases) {
            steps.add(
                    database.exists()
                            ? "end the sessions of database \"" + database.newName() + "\" and put the new one in its"
                                    + " place, in one transaction with the others; until then it stays untouched"
                            : "name the new one \"" + database.newName() + "\"");
        }
        if (databases.stream().anyMatch(DatabaseRestore::exists)) {
            steps.add("drop what was replaced; until then the target needs room for old and new");
        }
        if (!changedRoles.isEmpty()) {
            steps.add("change roles that exist to what was saved, passwords, attributes and settings: "
                    + String.join(", ", changedRoles));
        }
        return List.copyOf(steps);
    }

    @Override
    public boolean destructive() {
        return !changedRoles.isEmpty() || databases.stream().anyMatch(DatabaseRestore::exists);
    }

    @Override
    public String target() {
        return server.url();
    }
}
