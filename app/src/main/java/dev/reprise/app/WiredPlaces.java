package dev.reprise.app;

import dev.reprise.storage.azure.AzurePlace;
import dev.reprise.storage.gcs.GcsPlace;
import dev.reprise.storage.rest.RestPlace;
import dev.reprise.storage.s3.B2Place;
import dev.reprise.storage.s3.S3Place;
import dev.reprise.storage.sftp.SftpPlace;
import dev.reprise.storage.url.Places;
import java.util.List;

/// Every kind of place a repository may lie at.
public final class WiredPlaces {
    private WiredPlaces() {}

    /// Nothing of a kind's library is loaded before a URL names that kind.
    public static Places all() {
        return new Places(List.of(
                new AzurePlace(), new B2Place(), new GcsPlace(), new RestPlace(), new S3Place(), new SftpPlace()));
    }
}
