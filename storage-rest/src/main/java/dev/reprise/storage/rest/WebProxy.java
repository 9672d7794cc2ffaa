package dev.reprise.storage.rest;

import dev.reprise.storage.proxy.ProxyRules;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An HTTP proxy between here and the server.
///
/// @param authorization value of `Proxy-Authorization`; empty when the proxy wants none; never printed
record WebProxy(String host, int port, String authorization) {
    /// @return null to go there directly
    static @Nullable WebProxy of(Map<String, String> environment, RestAddress server) {
        if (server.socket() != null) {
            return null;
        }
        return new ProxyRules(environment)
                .proxyFor(server.tls(), server.host(), server.port())
                .map(WebProxy::at)
                .orElse(null);
    }

    private static WebProxy at(URI proxy) {
        String[] user = String.valueOf(proxy.getUserInfo()).split(":", 2);
        String authorization = proxy.getUserInfo() == null ? "" : basic(user[0], user.length < 2 ? "" : user[1]);
        return new WebProxy(proxy.getHost(), proxy.getPort(), authorization);
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
