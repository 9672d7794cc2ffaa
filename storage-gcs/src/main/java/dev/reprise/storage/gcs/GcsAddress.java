package dev.reprise.storage.gcs;

import dev.reprise.storage.url.StorageUrlException;
import java.util.ArrayList;
import java.util.List;

/// A bucket and the prefix of all names of a repository.
///
/// @param prefix without slashes at its ends; empty for the whole bucket
record GcsAddress(String bucket, String prefix) {
    /// @param address what follows `gs:`: `bucket:/prefix`, also with a second colon or no slash
    ///     as restic takes it
    static GcsAddress parse(String address) {
        int colon = address.indexOf(':');
        if (colon < 1) {
            throw new StorageUrlException(
                    "the gs: URL names no bucket and folder", "write gs:bucket:/ or gs:bucket:/folder", null);
        }
        return new GcsAddress(address.substring(0, colon), clean(address.substring(colon + 1)));
    }

    private static String clean(String path) {
        List<String> kept = new ArrayList<>();
        for (String part : path.split("/+", -1)) {
            if (part.equals("..")) {
                throw new StorageUrlException("the gs: URL has .. in its path", "write the folder's own name", null);
            }
            if (!part.isEmpty() && !part.equals(".")) {
                kept.add(part);
            }
        }
        return String.join("/", kept);
    }

    String location() {
        return "gs:" + bucket + ":/" + prefix;
    }

    /// Name of an object in the bucket.
    String name(String path) {
        return prefix.isEmpty() ? path : prefix + "/" + path;
    }
}
