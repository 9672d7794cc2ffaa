package dev.reprise.storage.azure;

import dev.reprise.storage.url.StorageUrlException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A container and the prefix of all names of a repository.
///
/// @param prefix without slashes at its ends; empty for the whole container
record AzureAddress(String container, String prefix) {
    /// The service's own rule: 3 to 63 characters, hyphens only between others.
    private static final Pattern CONTAINER = Pattern.compile("(?=.{3,63}$)\\$?[a-z0-9]+(-[a-z0-9]+)*");

    /// @param address what follows `azure:`: `container:/prefix`, also without the slash as restic takes it
    static AzureAddress parse(String address) {
        int colon = address.indexOf(':');
        if (colon < 1) {
            throw new StorageUrlException(
                    "the azure: URL names no container and folder",
                    "write azure:container:/ or azure:container:/folder",
                    null);
        }
        String container = address.substring(0, colon);
        if (!CONTAINER.matcher(container).matches()) {
            throw new StorageUrlException(
                    "the azure: URL names a container that cannot exist",
                    "its name has 3 to 63 lower-case letters, digits and single hyphens",
                    null);
        }
        return new AzureAddress(container, clean(address.substring(colon + 1)));
    }

    private static String clean(String path) {
        List<String> kept = new ArrayList<>();
        for (String part : path.split("/+", -1)) {
            if (part.equals("..")) {
                throw new StorageUrlException("the azure: URL has .. in its path", "write the folder's own name", null);
            }
            if (!part.isEmpty() && !part.equals(".")) {
                kept.add(part);
            }
        }
        return String.join("/", kept);
    }

    String location() {
        return "azure:" + container + ":/" + prefix;
    }

    /// Name of a blob in the container.
    String name(String path) {
        return prefix.isEmpty() ? path : prefix + "/" + path;
    }
}
