package dev.reprise.cli.restic;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;

/// A command line that cannot be understood. restic's parser says so in plain text, without `Fatal:` and also with
/// `--json`.
final class CommandLineException extends RepriseException {
    private static final long serialVersionUID = 1;

    /// Exit status 1.
    ///
    /// @param fact in the words of restic's parser as far as scripts may look for them
    CommandLineException(String fact) {
        super(ExitStatus.FAILED, fact, "", null);
    }
}
