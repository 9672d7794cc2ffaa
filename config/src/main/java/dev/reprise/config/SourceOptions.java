package dev.reprise.config;

import dev.reprise.base.ByteSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keys below `sources.NAME`, by kind.
final class SourceOptions {
    private static final ValueType.TextList TEXTS = ValueType.TextList.atLeast(0);

    static final Option<Boolean> REQUIRED = Option.withDefault(
            "required",
            new ValueType.Flag(),
            true,
            "Whether a run fails when this source cannot be captured; otherwise it warns and saves the others",
            "false");

    static final Option<List<String>> PATHS = Option.required(
            "paths",
            ValueType.TextList.atLeast(1),
            "Files and directories to save; relative ones start at the directory of this file",
            "[/srv/app/uploads, /etc/app]");
    static final Option<List<String>> EXCLUDE = Option.withDefault(
            "exclude",
            TEXTS,
            List.of(),
            "Patterns of what to leave out, with restic's meaning; \"!\" in front takes back",
            "[\"*.log\", node_modules, /srv/app/uploads/tmp]");
    static final Option<List<String>> EXCLUDE_FILE = Option.withDefault(
            "exclude-file", TEXTS, List.of(), "Files with one such pattern on each line", "[/etc/reprise/excludes]");
    static final Option<List<String>> IEXCLUDE = Option.withDefault(
            "iexclude", TEXTS, List.of(), "Like exclude, but upper and lower case are the same", "[\"*.tmp\"]");
    static final Option<Boolean> EXCLUDE_CACHES = Option.withDefault(
            "exclude-caches",
            new ValueType.Flag(),
            false,
            "Leave out the content of directories marked with a valid CACHEDIR.TAG",
            "true");
    static final Option<List<String>> EXCLUDE_IF_PRESENT = Option.withDefault(
            "exclude-if-present",
            TEXTS,
            List.of(),
            "Leave out the content of directories that hold a file of this name, or name:beginning of its content",
            "[.nobackup]");
    static final Option<ByteSize> EXCLUDE_LARGER_THAN = Option.optional(
            "exclude-larger-than",
            new ValueType.Size(new ByteSize(1), ValueType.Size.NO_LIMIT),
            "Leave out files larger than this",
            "2GiB");
    static final Option<Boolean> ONE_FILE_SYSTEM = Option.withDefault(
            "one-file-system",
            new ValueType.Flag(),
            false,
            "Do not enter other file systems mounted below the paths",
            "true");

    static final Option<SecretReference> POSTGRES_URL = Option.optional(
            "url",
            new ValueType.SecretText(true),
            "Connection URL of the server; instead of host, port, user and password",
            "{env: DATABASE_URL}");
    static final Option<String> HOST =
            Option.optional("host", new ValueType.Text(), "Name or address of the server", "db.internal");
    static final Option<Integer> POSTGRES_PORT =
            Option.withDefault("port", new ValueType.Count(1, 65535), 5432, "Port of the server", "5433");
    static final Option<String> USER = Option.optional("user", new ValueType.Text(), "User to log in as", "backup");
    static final Option<SecretReference> PASSWORD = Option.optional(
            "password", new ValueType.SecretText(false), "Where the password is", "{file: /run/secrets/db}");
    static final Option<List<String>> DATABASES = Option.withDefault(
            "databases",
            TEXTS,
            List.of(),
            "Databases to save; empty means the one of the URL, or else all of them",
            "[app, billing]");
    static final Option<List<String>> EXCLUDE_DATABASES = Option.withDefault(
            "exclude-databases", TEXTS, List.of(), "Databases to leave out when all are saved", "[scratch]");
    static final Option<FactsMode> FACTS = Option.withDefault(
            "facts",
            new ValueType.Choice<>(FactsMode.class),
            FactsMode.COUNTS,
            "What to find out for comparison after a restore: nothing, rows and keys, or also digests of the content",
            "digests");
    static final Option<Duration> LOCK_TIMEOUT = Option.withDefault(
            "lock-timeout",
            new ValueType.Span(),
            Duration.ofMinutes(5),
            "How long a dump waits for a lock on a table before it fails",
            "30s");
    static final Option<String> TOOLS = Option.optional(
            "tools",
            new ValueType.Text(),
            "Directory of pg_dump, pg_dumpall and pg_restore; by default the newest that fit are found",
            "/usr/lib/postgresql/17/bin");

    static final Option<SecretReference> REDIS_URL = Option.optional(
            "url",
            new ValueType.SecretText(true),
            "Connection URL of the server (redis:// or rediss://); instead of host, port, user, password and tls",
            "{env: REDIS_URL}");
    static final Option<Integer> REDIS_PORT =
            Option.withDefault("port", new ValueType.Count(1, 65535), 6379, "Port of the server", "6380");
    static final Option<Boolean> TLS =
            Option.withDefault("tls", new ValueType.Flag(), false, "Encrypt the connection", "true");

    static final Option<SecretReference> BUCKET_URL = Option.required(
            "url",
            new ValueType.SecretText(true),
            "Bucket, or what lies below a prefix in it, as a repository there would be written",
            "s3:https://minio.internal:9000/documents");
    static final Option<Integer> BUCKET_CONNECTIONS = Option.withDefault(
            "connections",
            new ValueType.Count(2, 1000),
            16,
            "Requests at a time; as many objects are read at once",
            "32");
    static final Option<TagsMode> TAGS = Option.withDefault(
            "tags",
            new ValueType.Choice<>(TagsMode.class),
            TagsMode.CHANGED,
            "Whose tags to ask for: of objects that changed, of all in every run (one more request for each), or none;"
                    + " a change of tags alone is seen by always only",
            "always");
    static final Option<Map<String, String>> BUCKET_OPTIONS = Option.withDefault(
            "options",
            Entries.OPTIONS,
            Map.of(),
            "Options of the kind of place, as those of a repository there",
            "{s3.region: eu-central-1}");
    static final Option<Map<String, SecretReference>> BUCKET_ENVIRONMENT = Option.withDefault(
            "environment",
            Entries.VARIABLES,
            Map.of(),
            "Variables for this bucket alone, such as credentials; they win over those of the process",
            "{AWS_ACCESS_KEY_ID: AKIA123, AWS_SECRET_ACCESS_KEY: {file: /run/secrets/s3}}");

    static final Section FILES = Section.of(
            "files",
            "Files and directories of this machine",
            REQUIRED,
            PATHS,
            EXCLUDE,
            EXCLUDE_FILE,
            IEXCLUDE,
            EXCLUDE_CACHES,
            EXCLUDE_IF_PRESENT,
            EXCLUDE_LARGER_THAN,
            ONE_FILE_SYSTEM);
    static final Section POSTGRES = Section.of(
                    "postgres",
                    "The databases and roles of a PostgreSQL server",
                    REQUIRED,
                    POSTGRES_URL,
                    HOST,
                    POSTGRES_PORT,
                    USER,
                    PASSWORD,
                    DATABASES,
                    EXCLUDE_DATABASES,
                    FACTS,
                    LOCK_TIMEOUT,
                    TOOLS)
            .exactlyOneOf(POSTGRES_URL, HOST);
    static final Section REDIS = Section.of(
                    "redis",
                    "The keys of a Redis or Valkey server",
                    REQUIRED,
                    REDIS_URL,
                    HOST,
                    REDIS_PORT,
                    USER,
                    PASSWORD,
                    TLS,
                    FACTS)
            .exactlyOneOf(REDIS_URL, HOST);

    static final Section BUCKET = Section.of(
            "bucket",
            "The objects of a bucket, with their metadata and tags",
            REQUIRED,
            BUCKET_URL,
            BUCKET_CONNECTIONS,
            TAGS,
            BUCKET_OPTIONS,
            BUCKET_ENVIRONMENT);

    private SourceOptions() {}

    static SourceSettings settings(String name, Values values) {
        return switch (values.section().name()) {
            case "files" -> files(name, values);
            case "postgres" -> postgres(name, values);
            case "redis" -> redis(name, values);
            case "bucket" -> bucket(name, values);
            default ->
                throw new IllegalStateException(
                        "no settings for " + values.section().name());
        };
    }

    private static SourceSettings files(String name, Values values) {
        return new SourceSettings.Files(
                name,
                values.get(REQUIRED),
                values.get(PATHS),
                values.get(EXCLUDE),
                values.get(EXCLUDE_FILE),
                values.get(IEXCLUDE),
                values.get(EXCLUDE_CACHES),
                values.get(EXCLUDE_IF_PRESENT),
                values.find(EXCLUDE_LARGER_THAN),
                values.get(ONE_FILE_SYSTEM));
    }

    private static SourceSettings postgres(String name, Values values) {
        return new SourceSettings.Postgres(
                name,
                values.get(REQUIRED),
                values.find(POSTGRES_URL),
                server(values, POSTGRES_PORT),
                values.get(DATABASES),
                values.get(EXCLUDE_DATABASES),
                values.get(FACTS),
                values.get(LOCK_TIMEOUT),
                values.find(TOOLS));
    }

    private static SourceSettings redis(String name, Values values) {
        return new SourceSettings.Redis(
                name,
                values.get(REQUIRED),
                values.find(REDIS_URL),
                server(values, REDIS_PORT),
                values.get(TLS),
                values.get(FACTS));
    }

    private static SourceSettings bucket(String name, Values values) {
        return new SourceSettings.Bucket(
                name,
                values.get(REQUIRED),
                values.get(BUCKET_URL),
                values.get(BUCKET_CONNECTIONS),
                values.get(TAGS),
                values.get(BUCKET_OPTIONS),
                values.get(BUCKET_ENVIRONMENT));
    }

    private static SourceSettings.@Nullable Server server(Values values, Option<Integer> port) {
        String host = values.find(HOST);
        return host == null
                ? null
                : new SourceSettings.Server(host, values.get(port), values.find(USER), values.find(PASSWORD));
    }
}
