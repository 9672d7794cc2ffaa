package dev.reprise.config;

import dev.reprise.base.Secret;
import java.nio.file.Path;

/// Where a secret can be had. Harmless to print.
public sealed interface SecretReference {
    /// The content of a file, without a byte order mark and white space around it.
    record File(Path path) implements SecretReference {}

    /// An environment variable, as it is.
    record Variable(String name) implements SecretReference {}

    /// What a command prints on standard output, without white space around it.
    ///
    /// @param command given to `/bin/sh -c`
    record Command(String command) implements SecretReference {}

    /// The secret itself stands in the configuration.
    record Value(Secret secret) implements SecretReference {}
}
