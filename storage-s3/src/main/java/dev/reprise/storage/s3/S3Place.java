package dev.reprise.storage.s3;

import dev.reprise.storage.Storage;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.url.PlaceKind;
import dev.reprise.storage.url.PlaceSettings;
import java.util.List;
import java.util.Objects;

/// Buckets of S3 and of servers that speak its protocol: `s3:host/bucket[/prefix]`, `s3://host/bucket`,
/// `s3:http://host:port/bucket`. Credentials come from the environment given, in restic's order.
public final class S3Place implements PlaceKind {
    @Override
    public String scheme() {
        return "s3";
    }

    @Override
    public List<PlaceOption> options() {
        return S3Options.DESCRIBED;
    }

    /// Nothing is asked of the network, and no credential is looked for, before the first operation.
    @Override
    public Storage open(String address, PlaceSettings settings) {
        S3Address place = S3Address.parse(address);
        S3Options options = S3Options.of(place, settings);
        return options.moment() == null ? new S3Storage(place, options, settings) : past(place, options, settings);
    }

    private static Storage past(S3Address place, S3Options options, PlaceSettings settings) {
        var connection = new S3Connection(place, options, settings);
        var failures = new S3Failures(place, settings.clock());
        var versions = new PastVersions(place, connection, failures, Objects.requireNonNull(options.moment()));
        var reading = new S3Reading(
                place, options, connection, new S3Listing(place, options, connection, failures), failures, versions);
        return new PastStorage(place, options, connection, failures, reading, versions);
    }

    /// As [#open], with the same options; those about what is uploaded are for repositories alone.
    @Override
    public Bucket bucket(String address, PlaceSettings settings) {
        S3Address place = S3Address.parse(address);
        return new S3Bucket(place, S3Options.of(place, settings), settings);
    }
}
