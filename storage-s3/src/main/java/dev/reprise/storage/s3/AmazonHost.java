package dev.reprise.storage.s3;

import java.util.regex.Pattern;

/// Amazon's own hosts, which the SDK names better than a URL does: it puts region and bucket into them.
final class AmazonHost {
    private static final Pattern REGULAR =
            Pattern.compile("s3[.-](?:dualstack\\.)?(?:[a-z]{2}-[a-z-]+-\\d\\.)?amazonaws\\.com(?:\\.cn)?");

    private AmazonHost() {}

    /// False for private endpoints, accelerated ones and others that must be spoken to as written.
    static boolean isKnown(S3Address address) {
        return address.tls()
                && address.port() < 0
                && REGULAR.matcher(address.host()).matches();
    }

    static boolean isDualStack(S3Address address) {
        return address.host().contains("dualstack");
    }
}
