package dev.reprise.mount.fuse;

/// A request is answered with an error number.
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final Errno errno;

    Refusal(Errno errno) {
        super(errno.name(), null, false, false); // expected and frequent: no stack trace
        this.errno = errno;
    }

    int number() {
        return errno.number;
    }
}
