package dev.reprise.storage.web;

import dev.reprise.storage.proxy.ProxyRules;
import dev.reprise.storage.url.StorageUrlException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The proxies of the environment as the JDK's client asks for them: it cannot show them a password.
final class WebProxies extends ProxySelector {
    private final ProxyRules rules;
    private final String service;

    WebProxies(Map<String, String> environment, String service) {
        this.service = service;
        this.rules = new ProxyRules(environment);
    }

    /// @throws StorageUrlException if the proxy wants a password
    @Override
    public List<Proxy> select(URI server) {
        Optional<URI> proxy = rules.proxyFor(server);
        if (proxy.isEmpty()) {
            return List.of(Proxy.NO_PROXY);
        }
        if (proxy.get().getUserInfo() != null) {
            throw new StorageUrlException(
                    "the proxy of the environment wants a password, which cannot be given for " + service,
                    "use a proxy without one, or name the host in NO_PROXY",
                    null);
        }
        var address = InetSocketAddress.createUnresolved(
                proxy.get().getHost(), proxy.get().getPort());
        return List.of(new Proxy(Proxy.Type.HTTP, address));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
}
