package dev.reprise.config;

import dev.reprise.base.ByteSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A source of the configuration: something that is protected.
public sealed interface SourceSettings {
    String name();

    /// Whether a run fails, and writes no recovery point, when this source cannot be captured.
    boolean required();

    /// A tree of files.
    ///
    /// @param paths             as written; relative ones start at [RepriseConfig#directory()]
    /// @param excludeFiles      files with patterns
    /// @param excludeIfPresent  `name` or `name:beginning of its content`
    /// @param excludeLargerThan null for no limit
    record Files(
            String name,
            boolean required,
            List<String> paths,
            List<String> exclude,
            List<String> excludeFiles,
            List<String> iexclude,
            boolean excludeCaches,
            List<String> excludeIfPresent,
            @Nullable ByteSize excludeLargerThan,
            boolean oneFileSystem)
            implements SourceSettings {}

    /// A PostgreSQL server, by URL or by host.
    ///
    /// @param databases        which; empty for all
    /// @param excludeDatabases not these
    /// @param lockTimeout      how long a dump waits for a lock on a table
    /// @param tools            directory of `pg_dump` and the others; null finds them
    record Postgres(
            String name,
            boolean required,
            @Nullable SecretReference url,
            @Nullable Server server,
            List<String> databases,
            List<String> excludeDatabases,
            FactsMode facts,
            Duration lockTimeout,
            @Nullable String tools)
            implements SourceSettings {}

    /// A Redis or Valkey server, by URL or by host.
    ///
    /// @param tls whether the connection by host is encrypted; a URL says so itself
    record Redis(
            String name,
            boolean required,
            @Nullable SecretReference url,
            @Nullable Server server,
            boolean tls,
            FactsMode facts)
            implements SourceSettings {}

    /// Objects of a bucket.
    ///
    /// @param url         of the bucket or of a prefix in it
    /// @param connections requests at a time
    /// @param options     of the kind of place, by whole name, such as `s3.region`
    /// @param environment variables for this bucket alone
    record Bucket(
            String name,
            boolean required,
            SecretReference url,
            int connections,
            TagsMode tags,
            Map<String, String> options,
            Map<String, SecretReference> environment)
            implements SourceSettings {
        public Bucket {
            options = Map.copyOf(options);
            environment = Map.copyOf(environment);
        }
    }

    /// Where a server is and how to log in, where no URL says so.
    record Server(
            String host,
            int port,
            @Nullable String user,
            @Nullable SecretReference password) {}
}
