package dev.reprise.testkit.store;

import java.util.Map;

/// What lets clients into the servers of this package.
public final class StoreCredentials {
    /// Of one who may everything.
    public static final String KEY = "AKIAEXAMPLE";

    public static final String SECRET = "secret/of+the=example";

    /// Access key of one who may nothing but what a bucket's policy allows, with the same secret; SeaweedFS knows it.
    public static final String LIMITED = "AKIALIMITED";

    private StoreCredentials() {}

    /// Variables that let every client in that follows Amazon's names.
    public static Map<String, String> variables() {
        return Map.of("AWS_ACCESS_KEY_ID", KEY, "AWS_SECRET_ACCESS_KEY", SECRET);
    }
}
