package dev.reprise.compat.campaign;

import java.util.List;

/// A command line and what it must do.
///
/// @param verb      first words, as [Participant#knows] takes them
/// @param arguments with the verb
/// @param changes   to the snapshots of the repository it runs on
record Command(String verb, List<String> arguments, List<Change> changes) {
    boolean prunes() {
        return arguments.contains("prune") || arguments.contains("--prune");
    }
}
