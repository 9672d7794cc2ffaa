package dev.reprise.cli;

import picocli.CommandLine.Command;

/// What stands above all commands: `reprise --help`.
@Command(
        name = "reprise",
        header = "Backup and disaster recovery for a whole stack.",
        description = {
            "Databases, caches and files go into encrypted, deduplicated repositories in restic's format; recovery is"
                    + " planned, rehearsed and measured. \"reprise COMMAND --help\" explains a command."
        },
        synopsisSubcommandLabel = "COMMAND")
final class RootCommand {}
