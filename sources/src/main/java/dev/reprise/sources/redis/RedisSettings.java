package dev.reprise.sources.redis;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.Secret;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.SourceException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One Redis or Valkey server to protect; a replica is the better choice, as the server forks to write its data.
///
/// @param name     the source's name in the configuration
/// @param user     empty for the default user; needs `+psync +replconf +ping +info +time`, and for the extra
/// streams
///                 `+acl|list +config|get`
/// @param tls      whether to speak TLS and check the server's certificate
/// @param level    what to find out about the keys
/// @param patience how long the server may be silent; it sends a sign of life every ten seconds while it prepares
public record RedisSettings(
        String name,
        String host,
        int port,
        Optional<String> user,
        Optional<Secret> password,
        boolean tls,
        FactsLevel level,
        Duration patience) {
    public RedisSettings {
        if (port < 1 || port > 65535) {
            throw invalid(name, "port is " + port, "use a port from 1 to 65535, usually 6379");
        }
        if (patience.toMillis() < 1 || patience.toMillis() > Integer.MAX_VALUE) {
            throw invalid(name, "patience is " + patience, "use a positive time such as 60s");
        }
    }

    /// Reads `redis://user:password@host:port` or `rediss://…` for TLS; a path naming a database is ignored,
    /// because all are captured.
    ///
    /// @param password used when the URL has none
    public static RedisSettings ofUrl(String name, String url, Optional<Secret> password) {
        URI uri = parse(name, url);
        String[] userInfo = Optional.ofNullable(uri.getRawUserInfo()).orElse("").split(":", 2);
        String host = Optional.ofNullable(uri.getHost()).orElse("localhost");
        return new RedisSettings(
                name,
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? 6379 : uri.getPort(),
                userInfo[0].isEmpty() ? Optional.empty() : Optional.of(decoded(userInfo[0])),
                userInfo.length > 1 ? Optional.of(Secret.of(decoded(userInfo[1]))) : password,
                "rediss".equals(uri.getScheme()),
                FactsLevel.COUNTS,
                Duration.ofSeconds(60));
    }

    /// A server by host and port; the rest gets its default as in [#ofUrl].
    public static RedisSettings ofServer(
            String name, String host, int port, Optional<String> user, Optional<Secret> password, boolean tls) {
        return new RedisSettings(name, host, port, user, password, tls, FactsLevel.COUNTS, Duration.ofSeconds(60));
    }

    private static URI parse(String name, String url) {
        try {
            var uri = new URI(url);
            boolean known = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
            // A host that URI cannot read (a name with an underscore) is null: never another server in its place.
            if (known && (uri.getRawAuthority() == null || uri.getHost() != null)) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // The exception repeats the URL, which may hold a password: it is not passed on.
        }
        throw invalid(name, "its URL is not a Redis one", "write it like redis://user@host:6379");
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static SourceException invalid(String name, String fact, String hint) {
        return new SourceException(ExitStatus.BAD_CONFIGURATION, "redis source \"" + name + "\": " + fact, hint, null);
    }

    public RedisSettings withLevel(FactsLevel other) {
        return new RedisSettings(name, host, port, user, password, tls, other, patience);
    }

    public RedisSettings withPatience(Duration other) {
        return new RedisSettings(name, host, port, user, password, tls, level, other);
    }

    SourceException failure(String fact, String hint, @Nullable Throwable cause) {
        return new SourceException("redis source \"" + name + "\" at " + host + ":" + port + ": " + fact, hint, cause);
    }
}
