package dev.reprise.storage.proxy;

import dev.reprise.storage.url.StorageUrlException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Which proxy leads to a server: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in lower case too, read as restic reads
/// them. A server on this machine, and the metadata server of a virtual machine, are never reached through one.
/// Immutable.
public final class ProxyRules {
    private static final int USUAL_PORT = 80;

    private final String plain;
    private final String secure;
    private final List<String> direct = new ArrayList<>();

    /// @param environment variables
    public ProxyRules(Map<String, String> environment) {
        plain = either(environment, "HTTP_PROXY");
        secure = either(environment, "HTTPS_PROXY");
        for (String entry : either(environment, "NO_PROXY").split(",", -1)) {
            if (!entry.isBlank()) {
                direct.add(entry.strip().toLowerCase(Locale.ROOT));
            }
        }
    }

    private static String either(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
    }

    /// @param server with scheme and host
    /// @return the proxy with the scheme `http`, its host, its port (80 if none is said) and
    ///     perhaps a user and a password, which are never to be printed; empty to go there directly
    /// @throws StorageUrlException if the variable holds no URL; the message does not repeat it
    public Optional<URI> proxyFor(URI server) {
        boolean tls = "https".equals(server.getScheme());
        int port = server.getPort() < 0 ? (tls ? 443 : USUAL_PORT) : server.getPort();
        return proxyFor(tls, String.valueOf(server.getHost()), port);
    }

    /// As [#proxyFor(URI)], for hosts whose names no [URI] takes, such as those with an underscore.
    ///
    /// @param server name or address, with or without the brackets of an IPv6 address
    public Optional<URI> proxyFor(boolean tls, String server, int port) {
        String proxy = tls ? secure : plain;
        String host = bare(server);
        if (proxy.isEmpty() || isNear(host) || direct.stream().anyMatch(rule -> covers(rule, host, port))) {
            return Optional.empty();
        }
        return Optional.of(uri(proxy, tls ? "HTTPS_PROXY" : "HTTP_PROXY"));
    }

    private static URI uri(String proxy, String variable) {
        try {
            URI uri = new URI(proxy.contains("://") ? proxy : "http://" + proxy);
            if (uri.getHost() != null && "http".equals(uri.getScheme())) {
                return uri.getPort() >= 0 ? uri : at(uri, USUAL_PORT);
            }
        } catch (URISyntaxException e) {
            // said below: the text may hold a password
        }
        String hint = "write it as http://host:port";
        throw new StorageUrlException("the variable " + variable + " names no HTTP proxy", hint, null);
    }

    private static URI at(URI uri, int port) throws URISyntaxException {
        return new URI(uri.getScheme(), uri.getUserInfo(), uri.getHost(), port, null, null, null);
    }

    private static String bare(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.startsWith("[") ? lower.substring(1, lower.length() - 1) : lower;
    }

    private static boolean isNear(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || Network.covers("127.0.0.0/8", host)
                || Network.covers("169.254.0.0/16", host);
    }

    /// `*`, `example.com` (and what is below it), `.example.com` (only what is below), each with `:port`, and networks
    /// such as `10.0.0.0/8`.
    private static boolean covers(String rule, String host, int port) {
        if (rule.equals("*")) {
            return true;
        }
        if (rule.contains("/")) {
            return Network.covers(rule, host);
        }
        int colon = rule.lastIndexOf(':');
        boolean withPort = colon > 0 && rule.indexOf(':') == colon;
        if (withPort && !rule.substring(colon + 1).equals(String.valueOf(port))) {
            return false;
        }
        String name = withPort ? rule.substring(0, colon) : rule;
        if (name.startsWith("*.")) {
            name = name.substring(1);
        }
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }
}
