package dev.reprise.storage.gcs;

import dev.reprise.storage.url.StorageUrlException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Which proxy leads to a server: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in lower case too.
/// A server on this machine, and the metadata server of a virtual machine, are never reached
/// through one.
final class WebProxies extends ProxySelector {
    private final Map<String, String> environment;

    WebProxies(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI server) {
        String name = "https".equals(server.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY";
        String proxy = variable(name);
        String host = String.valueOf(server.getHost()).toLowerCase(Locale.ROOT);
        if (proxy.isEmpty() || isNear(host) || isExcepted(host)) {
            return List.of(Proxy.NO_PROXY);
        }
        try {
            URI uri = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
            if (uri.getHost() != null && "http".equals(uri.getScheme()) && uri.getUserInfo() == null) {
                int port = uri.getPort() < 0 ? 80 : uri.getPort();
                return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port)));
            }
        } catch (IllegalArgumentException e) {
            // said below: the text may hold a password
        }
        String fact = "the variable " + name + " names no HTTP proxy that works without a password";
        throw new StorageUrlException(fact, "write it as http://host:port", null);
    }

    private static boolean isNear(String host) {
        return host.equals("localhost")
                || host.equals("[::1]")
                || host.startsWith("127.")
                || host.startsWith("169.254.");
    }

    private boolean isExcepted(String host) {
        for (String entry : variable("NO_PROXY").toLowerCase(Locale.ROOT).split(",", -1)) {
            String rule = entry.strip();
            String domain = rule.startsWith("*.") ? rule.substring(1) : rule;
            boolean below = !domain.isEmpty() && host.endsWith(domain.startsWith(".") ? domain : "." + domain);
            if (rule.equals("*") || host.equals(rule) || below) {
                return true;
            }
        }
        return false;
    }

    private String variable(String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
}
