package dev.reprise.serve;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a server is to do; the names are rest-server's.
///
/// @param path        folder of the repositories
/// @param listen      `host:port`, `:port` for every interface, or `unix:/path`; port 0 takes a free one
/// @param htpasswd    file of users; null lets everybody in
/// @param access      what users may do
/// @param tls         null for none
/// @param maxSize     bytes of all repositories together; 0 for no limit
/// @param metrics     who may read `/metrics`
/// @param accessLog   file of requests; null for none; `-` for standard output
/// @param verify      whether uploads must have the hash that is their name
/// @param groupAccess whether the group may do what the owner may
/// @param limits      what clients are held to
public record ServeSettings(
        Path path,
        String listen,
        @Nullable Path htpasswd,
        Access access,
        @Nullable Certificate tls,
        long maxSize,
        Metrics metrics,
        @Nullable String accessLog,
        boolean verify,
        boolean groupAccess,
        Limits limits) {

    /// @param appendOnly   whether nothing but locks may be removed
    /// @param privateRepos whether each user has only the folder of the own name
    public record Access(boolean appendOnly, boolean privateRepos) {}

    /// @param certificates PEM file, the server's own first
    /// @param key          PEM file
    /// @param oldest       `1.2` or `1.3`
    public record Certificate(Path certificates, Path key, String oldest) {}

    /// Who may read what was counted.
    public enum Metrics {
        OFF,
        /// Every user; with private repositories the user `metrics` only, as in rest-server.
        USERS,
        EVERYBODY
    }

    /// Nobody keeps others waiting.
    ///
    /// @param idle      a request that moves no byte for so long is ended
    /// @param head      time for a connection to become a request, TLS and headers included; also between two
    /// @param grace     time before the rate counts
    /// @param rate      bytes per second that a body must move on average, either way
    /// @param perClient connections from one address; 0 for no limit
    /// @param total     connections in all
    /// @param stop      time for running requests when the server stops
    public record Limits(
            Duration idle, Duration head, Duration grace, long rate, int perClient, int total, Duration stop) {
        public static final Limits USUAL = new Limits(
                Duration.ofSeconds(60),
                Duration.ofSeconds(75),
                Duration.ofSeconds(30),
                1024,
                128,
                4096,
                Duration.ofSeconds(25));

        public Limits withPerClient(int connections) {
            return new Limits(idle, head, grace, rate, connections, total, stop);
        }
    }
}
