package dev.reprise.base;

/// The user, a signal or a lost lock ended the work. What was written stays sound.
public final class CancelledException extends RepriseException {
    private static final long serialVersionUID = 1;

    public CancelledException(String fact) {
        super(ExitStatus.CANCELLED, fact, "", null);
    }

    /// For `catch (InterruptedException)`: keeps the thread's interrupt flag and gives the exception to throw.
    public static CancelledException interrupted(String during) {
        Thread.currentThread().interrupt();
        return new CancelledException("interrupted while " + during);
    }
}
