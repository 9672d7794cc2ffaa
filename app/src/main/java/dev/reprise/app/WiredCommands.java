package dev.reprise.app;

import dev.reprise.cli.CommandList;

/// Every command, with what it works on.
public final class WiredCommands {
    private WiredCommands() {}

    public static CommandList all() {
        return Main.commands();
    }
}
