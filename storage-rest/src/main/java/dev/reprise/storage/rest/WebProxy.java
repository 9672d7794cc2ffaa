package dev.reprise.storage.rest;

import dev.reprise.storage.url.StorageUrlException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An HTTP proxy between here and the server, from `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` or their lower-case
/// forms, read as Go's programs read them: never for this machine itself.
///
/// @param authorization value of `Proxy-Authorization`; empty when the proxy wants none; never printed
record WebProxy(String host, int port, String authorization) {
    private static final int USUAL_PORT = 80;

    /// @return null to go there directly
    static @Nullable WebProxy of(Map<String, String> environment, RestAddress server) {
        String url = variable(environment, server.tls() ? "HTTPS_PROXY" : "HTTP_PROXY");
        if (url.isEmpty() || server.socket() != null || isHere(server.host())) {
            return null;
        }
        return isExcepted(variable(environment, "NO_PROXY"), server) ? null : parse(url);
    }

    private static String variable(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
    }

    private static boolean isHere(String host) {
        return host.equals("localhost") || host.matches("127(\\.[0-9]{1,3}){3}") || host.equals("::1");
    }

    private static boolean isExcepted(String list, RestAddress server) {
        String host = server.host().toLowerCase(Locale.ROOT);
        return Arrays.stream(list.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .anyMatch(entry -> covers(entry, host, server.port()));
    }

    /// `*`, a name with or without a leading dot and its subdomains, or an address; each may have a port.
    private static boolean covers(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        String name = entry;
        int colon = entry.lastIndexOf(':');
        if (colon > 0 && entry.indexOf(':') == colon) {
            if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        String domain = name.startsWith("*.") ? name.substring(1) : name;
        return domain.startsWith(".") ? host.endsWith(domain) : host.equals(domain) || host.endsWith("." + domain);
    }

    private static WebProxy parse(String url) {
        String rest = url.startsWith("http://") ? url.substring("http://".length()) : url;
        if (rest.contains("://")) {
            throw new StorageUrlException(
                    "the proxy of the environment is not spoken to by plain HTTP",
                    "set HTTPS_PROXY or HTTP_PROXY to http://host:port",
                    null);
        }
        RestAddress place = RestAddress.parse("http://" + rest, "", "");
        String authorization = place.user().isEmpty() ? "" : basic(place.user(), place.password());
        return new WebProxy(place.host(), place.port() == 0 ? USUAL_PORT : place.port(), authorization);
    }

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /// Without credentials.
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
