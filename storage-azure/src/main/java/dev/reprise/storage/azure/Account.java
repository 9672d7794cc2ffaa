package dev.reprise.storage.azure;

import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.StorageUrlException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// A storage account and where it is.
///
/// @param server scheme and authority, such as `https://ACCOUNT.blob.core.windows.net`
/// @param path   what stands before the container in every path: empty, or `/ACCOUNT` where a host serves many
record Account(String name, String server, String path) {
    private static final String ENDPOINT = "AZURE_STORAGE_SERVICE_ENDPOINT";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]{3,24}");
    private static final Pattern SUFFIX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?");

    /// `AZURE_ACCOUNT_NAME` and `AZURE_ENDPOINT_SUFFIX` as restic reads them; `AZURE_STORAGE_SERVICE_ENDPOINT`, a whole
    /// URL, as the vendor's command line does.
    static Account of(PlaceSettings settings) {
        String name = settings.variable("AZURE_ACCOUNT_NAME");
        if (name.isEmpty()) {
            String hint = "set it to the storage account's name, and AZURE_ACCOUNT_KEY or AZURE_ACCOUNT_SAS";
            throw new StorageUrlException("the variable AZURE_ACCOUNT_NAME is not set", hint, null);
        }
        if (!NAME.matcher(name).matches()) {
            String hint = "a storage account's name has 3 to 24 lower-case letters and digits";
            throw new StorageUrlException("the variable AZURE_ACCOUNT_NAME names no storage account", hint, null);
        }
        String endpoint = settings.variable(ENDPOINT);
        return endpoint.isEmpty() ? usual(name, settings.variable("AZURE_ENDPOINT_SUFFIX")) : at(name, endpoint);
    }

    private static Account usual(String name, String suffix) {
        String domain = suffix.isEmpty() ? "core.windows.net" : suffix;
        if (!SUFFIX.matcher(domain).matches()) {
            String hint = "write it as core.windows.net";
            throw new StorageUrlException("the variable AZURE_ENDPOINT_SUFFIX is no domain", hint, null);
        }
        return new Account(name, "https://" + name + ".blob." + domain, "");
    }

    private static Account at(String name, String endpoint) {
        try {
            URI uri = URI.create(endpoint);
            boolean known = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (known && uri.getHost() != null && uri.getUserInfo() == null && uri.getRawQuery() == null) {
                String server = uri.getScheme() + "://" + uri.getRawAuthority();
                return new Account(name, server, uri.getRawPath().replaceAll("/+$", ""));
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        String hint = "write it as https://host or http://127.0.0.1:10000/" + name;
        throw new StorageUrlException("the variable " + ENDPOINT + " is no URL of a server", hint, null);
    }

    /// Whether what is sent there can be read on the way.
    boolean isOpenlyRead() {
        String host = String.valueOf(URI.create(server).getHost());
        return server.startsWith("http:") && !host.equals("127.0.0.1") && !host.equals("localhost");
    }

    String containerPath(String container) {
        return path + "/" + encoded(container);
    }

    String blobPath(String container, String name) {
        return containerPath(container) + "/" + encoded(name).replace("%2F", "/");
    }

    /// Everything but the characters RFC 3986 calls unreserved: servers rewrite paths before they compare signatures,
    /// and have nothing to rewrite then.
    static String encoded(String text) {
        var out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "-._~".indexOf(c) >= 0;
            out.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return out.toString();
    }
}
