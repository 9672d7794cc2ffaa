package dev.reprise.storage.s3;

import dev.reprise.storage.url.StorageUrlException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a repository URL says after `s3:`.
///
/// @param tls    whether to speak HTTPS
/// @param host   name or address, lower case, IPv6 in brackets
/// @param port   -1 for the scheme's own
/// @param bucket as written
/// @param prefix of every key, without a slash at either end; empty for the root of the bucket
record S3Address(boolean tls, String host, int port, String bucket, String prefix) {
    private static final String EXAMPLE = "write s3:https://host/bucket/prefix, or s3:s3.amazonaws.com/bucket";

    /// Both of restic's forms: a URL of HTTP, whose path may hold escapes, and `host/bucket/prefix` as it stands.
    ///
    /// @throws StorageUrlException if no bucket can be meant; the message repeats nothing that may be a secret
    static S3Address parse(String address) {
        if (address.startsWith("http://") || address.startsWith("https://")) {
            return parseUrl(address);
        }
        String plain = address.startsWith("//") ? address.substring(2) : address;
        int slash = plain.indexOf('/');
        String server = slash < 0 ? plain : plain.substring(0, slash);
        URI uri = uri("https://" + server);
        return of(uri, slash < 0 ? "" : plain.substring(slash + 1));
    }

    private static S3Address parseUrl(String address) {
        URI uri = uri(address);
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw refused("the URL of an S3 repository has a query or a fragment");
        }
        String path = uri.getPath();
        return of(uri, path.startsWith("/") ? path.substring(1) : path);
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw refused("not an S3 repository: no host can be read from its URL"); // may hold a password
        }
    }

    private static S3Address of(URI server, String path) {
        if (server.getRawUserInfo() != null) {
            String hint = "give keys as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
            throw new StorageUrlException("the URL of an S3 repository holds a user or a key", hint, null);
        }
        String host = server.getHost();
        if (host == null || host.isEmpty()) {
            throw refused("the URL of an S3 repository names no host");
        }
        int slash = path.indexOf('/');
        String bucket = slash < 0 ? path : path.substring(0, slash);
        if (bucket.isEmpty()) {
            throw refused("the URL of an S3 repository at " + host + " names no bucket");
        }
        String prefix = slash < 0 ? "" : cleaned(path.substring(slash + 1));
        boolean tls = !"http".equals(server.getScheme());
        return new S3Address(tls, host.toLowerCase(Locale.ROOT), server.getPort(), bucket, prefix);
    }

    /// As Go's path.Clean does it: restic writes there.
    static String cleaned(String prefix) {
        List<String> steps = new ArrayList<>();
        for (String step : prefix.split("/", -1)) {
            switch (step) {
                case "", "." -> {}
                case ".." -> {
                    if (steps.isEmpty()) {
                        throw refused("the prefix of a repository leads out of its bucket");
                    }
                    steps.removeLast();
                }
                default -> steps.add(step);
            }
        }
        return String.join("/", steps);
    }

    private static StorageUrlException refused(String fact) {
        return new StorageUrlException(fact, EXAMPLE, null);
    }

    /// Scheme, host and port.
    URI endpoint() {
        return URI.create((tls ? "https://" : "http://") + host + (port < 0 ? "" : ":" + port));
    }

    /// For people, in restic's syntax.
    String location() {
        String server = tls && port < 0 ? host : endpoint().toString();
        return "s3:" + server + "/" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }

    /// @param path below the repository's root
    String key(String path) {
        return prefix.isEmpty() ? path : prefix + "/" + path;
    }
}
