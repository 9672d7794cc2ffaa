package dev.reprise.mount.fuse;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;

/// A file system could not be mounted.
public final class FuseException extends RepriseException {
    private static final long serialVersionUID = 1;

    FuseException(ExitStatus status, String fact, String hint) {
        super(status, fact, hint, null);
    }
}
