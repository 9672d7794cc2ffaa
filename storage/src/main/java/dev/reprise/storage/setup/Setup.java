package dev.reprise.storage.setup;

import java.util.List;

/// Instructions, in the order in which they are to be followed.
public record Setup(List<Part> parts) {
    public Setup {
        parts = List.copyOf(parts);
    }

    /// What a text is.
    public enum Form {
        /// A document a store takes as it is: the rights of the credentials.
        POLICY,
        /// For a shell, one command a line; long ones go on after a backslash.
        COMMANDS,
        /// To be put into a configuration file.
        CONFIGURATION,
        /// Sentences.
        NOTE
    }

    /// @param title what it achieves, a few words
    /// @param text  lines, without a line end at the end
    public record Part(Form form, String title, String text) {}
}
