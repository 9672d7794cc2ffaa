package dev.reprise.storage.retry;

/// Carries what a reader or consumer threw past the decision whether to repeat.
final class CallersFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final RuntimeException failure;

    CallersFailure(RuntimeException failure) {
        super(failure);
        this.failure = failure;
    }

    RuntimeException failure() {
        return failure;
    }
}
