package dev.reprise.storage.rest;

import java.io.IOException;
import java.time.Duration;

/// A request moved no byte for too long.
final class StuckException extends IOException {
    private static final long serialVersionUID = 1;

    StuckException(Duration limit) {
        super("no byte was moved for " + limit.toSeconds() + " s");
    }
}
