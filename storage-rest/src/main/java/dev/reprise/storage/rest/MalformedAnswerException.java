package dev.reprise.storage.rest;

import java.net.ProtocolException;

/// What came back is not HTTP, or contradicts itself.
final class MalformedAnswerException extends ProtocolException {
    private static final long serialVersionUID = 1;

    MalformedAnswerException(String what) {
        super("the server's answer is malformed: " + what);
    }
}
