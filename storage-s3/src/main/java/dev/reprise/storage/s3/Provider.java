package dev.reprise.storage.s3;

import dev.reprise.storage.url.StorageUrlException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What is known of those who offer S3: a preset of what their servers need. Named by `s3.provider`, or known from the
/// host where that is certain.
enum Provider {
    AWS(
            "(?:.*\\.)?s3[.-](?:dualstack\\.)?(?:(?<region>[a-z]{2}-[a-z-]+-\\d)\\.)?amazonaws\\.com(?:\\.cn)?",
            "us-east-1", true),
    MINIO("", "us-east-1", true),
    CEPH("", "us-east-1", true),
    SEAWEEDFS("", "us-east-1", true),
    /// Signs for the region of its configuration, which is this one unless somebody changed it.
    GARAGE("", "garage", false),
    OVH("s3\\.(?<region>[a-z0-9-]+)\\.(?:(?:io|perf)\\.)?cloud\\.ovh\\.(?:net|us)", "gra", true),
    HETZNER("(?<region>[a-z0-9]+)\\.your-objectstorage\\.com", "fsn1", true),
    B2("s3\\.(?<region>[a-z0-9-]+)\\.backblazeb2\\.com", "us-west-004", true),
    SCALEWAY("s3\\.(?<region>[a-z0-9-]+)\\.scw\\.cloud", "fr-par", true),
    R2("[0-9a-f]+\\.(?:(?:eu|fedramp)\\.)?r2\\.cloudflarestorage\\.com", "auto", false),
    /// Nothing is known.
    OTHER("", "us-east-1", true);

    private final Pattern hosts;
    private final String region;
    private final boolean keepsLocks;

    /// @param hosts      host names that are certainly theirs; a group named `region` tells the region
    /// @param region     to sign for when nobody says one
    /// @param keepsLocks whether Object Lock exists there
    Provider(String hosts, String region, boolean keepsLocks) {
        this.hosts = Pattern.compile(hosts);
        this.region = region;
        this.keepsLocks = keepsLocks;
    }

    /// @param named option `s3.provider`; empty to go by the host
    /// @throws StorageUrlException if nobody has that name
    static Provider of(String named, String host) {
        if (named.isEmpty()) {
            return Arrays.stream(values())
                    .filter(provider -> provider.hosts.matcher(host).matches())
                    .findFirst()
                    .orElse(OTHER);
        }
        return Arrays.stream(values())
                .filter(provider -> provider.option().equals(named))
                .findFirst()
                .orElseThrow(() -> new StorageUrlException(
                        "option s3.provider is \"" + named + "\"", "give one of " + names(), null));
    }

    private String option() {
        return name().toLowerCase(Locale.ROOT);
    }

    static String names() {
        return Arrays.stream(values()).map(Provider::option).collect(Collectors.joining(", "));
    }

    /// The region in a host name of theirs.
    Optional<String> regionIn(String host) {
        Matcher matcher = hosts.matcher(host);
        boolean told = hosts.pattern().contains("<region>") && matcher.matches();
        return told ? Optional.ofNullable(matcher.group("region")) : Optional.empty();
    }

    String defaultRegion() {
        return region;
    }

    boolean keepsLocks() {
        return keepsLocks;
    }

    /// Amazon's names of buckets are part of the host name; everybody else takes them in the path as well.
    boolean bucketInHost() {
        return this == AWS;
    }

    /// Whether a SHA-256 may be sent along, which our names are; all others compare an MD5.
    boolean takesSha256() {
        return this == AWS;
    }
}
