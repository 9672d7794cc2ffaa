package dev.reprise.operations.check;

import dev.reprise.repository.Repository;

/// Examines a repository (repository format, section 10.3). Changes nothing. The caller holds the lock.
public final class RepositoryCheck {
    public RepositoryCheck(Repository repository, CheckListener listener) {
        throw new IllegalStateException("not built yet");
    }

    /// @param readData whether every pack is read and verified, not only listed
    /// @param workers  threads that read
    public CheckResult run(boolean readData, int workers) {
        throw new IllegalStateException("not built yet");
    }
}
