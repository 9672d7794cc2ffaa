package dev.reprise.storage.url;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import org.jspecify.annotations.Nullable;

/// A repository URL that names no place.
public final class StorageUrlException extends RepriseException {
    private static final long serialVersionUID = 1;

    public StorageUrlException(String fact, String hint, @Nullable Throwable cause) {
        super(ExitStatus.BAD_CONFIGURATION, fact, hint, cause);
    }
}
