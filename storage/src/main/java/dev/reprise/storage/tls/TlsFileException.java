package dev.reprise.storage.tls;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import org.jspecify.annotations.Nullable;

/// A file of certificates or a key that cannot be used. Its message never repeats what the file holds.
public final class TlsFileException extends RepriseException {
    private static final long serialVersionUID = 1;

    TlsFileException(String fact, String hint, @Nullable Throwable cause) {
        super(ExitStatus.BAD_CONFIGURATION, fact, hint, cause);
    }
}
