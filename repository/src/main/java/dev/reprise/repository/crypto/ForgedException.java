package dev.reprise.repository.crypto;

/// The MAC does not match: other key, or the bytes were changed. Callers add which object it was.
public final class ForgedException extends Exception {
    private static final long serialVersionUID = 1;

    public ForgedException(String fact) {
        super(fact);
    }
}
