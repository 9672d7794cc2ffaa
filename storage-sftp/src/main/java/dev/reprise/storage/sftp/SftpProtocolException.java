package dev.reprise.storage.sftp;

import java.io.IOException;

/// What answers does not speak SFTP as agreed.
final class SftpProtocolException extends IOException {
    private static final long serialVersionUID = 1;

    SftpProtocolException(String fact) {
        super(fact);
    }
}
