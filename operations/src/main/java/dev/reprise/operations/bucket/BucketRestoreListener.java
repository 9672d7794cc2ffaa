package dev.reprise.operations.bucket;

/// What a restore into a bucket reports. Called from any thread; must return quickly and must not throw.
public interface BucketRestoreListener {
    /// Sums so far.
    void progress(long objects, long bytes);

    /// An object could not be written, removed or compared; the others go on.
    void failed(String key, String reason);

    /// What is there is not what was restored.
    void differs(String key, String difference);
}
