package dev.reprise.app;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.PriceTable;
import dev.reprise.base.RawName;
import dev.reprise.base.Secret;
import dev.reprise.cli.Buckets;
import dev.reprise.cli.BuildInfo;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Repositories;
import dev.reprise.cli.stack.FilesProbe;
import dev.reprise.cli.stack.Stack;
import dev.reprise.config.CompressionMode;
import dev.reprise.config.ExportSettings;
import dev.reprise.config.FactsMode;
import dev.reprise.config.JobSettings;
import dev.reprise.config.RepositorySettings;
import dev.reprise.config.RepriseConfig;
import dev.reprise.config.Retention;
import dev.reprise.config.SecretReference;
import dev.reprise.config.Secrets;
import dev.reprise.config.SourceSettings;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.backup.Checkpoints;
import dev.reprise.operations.backup.FilesRequest;
import dev.reprise.operations.bucket.BucketRequest;
import dev.reprise.operations.bucket.BucketRequest.TagReading;
import dev.reprise.operations.cold.ColdPolicy;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.operations.retention.Interval;
import dev.reprise.operations.retention.RemovalPlan.JobPolicy;
import dev.reprise.operations.retention.RetentionPolicy;
import dev.reprise.operations.retention.RetentionSpan;
import dev.reprise.operations.run.RunRequest;
import dev.reprise.operations.run.RunSource;
import dev.reprise.repository.Repository;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.StreamSource;
import dev.reprise.sources.StreamSource.StoredStreams;
import dev.reprise.sources.postgres.PostgresSettings;
import dev.reprise.sources.postgres.PostgresSource;
import dev.reprise.sources.redis.RedisSettings;
import dev.reprise.sources.redis.RedisSource;
import dev.reprise.storage.Storage;
import dev.reprise.storage.bucket.Bucket;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Turns settings into things that work: the only place that knows both sides.
final class WiredStack implements Stack {
    private static final int MOST_WORKERS = 16;
    private static final String LOCALHOST = "localhost";

    private static final RetentionPolicy NO_POLICY =
            new RetentionPolicy(Map.of(), RetentionSpan.NONE, Map.of(), List.of());

    private final RepriseConfig config;
    private final CommandContext context;
    private final Secrets secrets;

    WiredStack(RepriseConfig config, CommandContext context) {
        this.config = config;
        this.context = context;
        this.secrets = new Secrets(context.environment());
    }

    @Override
    public List<Job> jobs() {
        return config.jobs().values().stream()
                .map(job -> new Job(job.name(), job.repositories(), job.sources()))
                .toList();
    }

    @Override
    public List<String> repositories() {
        return List.copyOf(config.repositories().keySet());
    }

    @Override
    public Repository open(String name) {
        return new Repositories(config, context).open(config.repository(name));
    }

    @Override
    public int workers() {
        return Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_WORKERS);
    }

    @Override
    public RunRequest request(Job job) {
        JobSettings settings = config.job(job.name());
        List<RepositorySettings> repositories =
                settings.repositories().stream().map(config::repository).toList();
        List<RunSource> sources = new ArrayList<>();
        for (SourceSettings source : config.sourcesOf(settings)) {
            sources.add(source(source, repositories));
        }
        var self = ProcessIdentity.current();
        return new RunRequest(
                job.name(),
                host(settings),
                self.username(),
                self.uid(),
                self.gid(),
                settings.tags(),
                sources,
                BuildInfo.read().version(),
                workers(),
                Checkpoints.EVERY,
                Duration.ZERO,
                effective(job),
                policy(job));
    }

    @Override
    public RunSource source(Job job, String name) {
        return source(
                config.source(name),
                config.job(job.name()).repositories().stream()
                        .map(config::repository)
                        .toList());
    }

    @Override
    public @Nullable ExportChoice export(Job job) {
        JobSettings known = config.jobs().get(job.name()); // status makes jobs up from points
        ExportSettings settings = known == null ? null : known.export();
        return settings == null ? null : choice(job, settings);
    }

    @Override
    public ExportChoice exportTo(Job job, String location) {
        ExportSettings known = config.job(job.name()).export();
        return choice(
                job,
                new ExportSettings(
                        new SecretReference.Value(Secret.of(location)),
                        known == null ? List.of() : known.sources(),
                        null,
                        known == null ? Map.of() : known.options(),
                        known == null ? Map.of() : known.environment()));
    }

    private ExportChoice choice(Job job, ExportSettings settings) {
        Retention keep = settings.keep();
        return new ExportChoice(
                settings.sources(),
                keep == null ? NO_POLICY : policy(keep),
                () -> new Repositories(config, context).exports(job.name(), settings));
    }

    private static RetentionPolicy policy(Retention keep) {
        Map<Interval, Integer> counts = new EnumMap<>(Interval.class);
        counts.put(Interval.LAST, count(keep.keepLast()));
        counts.put(Interval.HOURLY, count(keep.keepHourly()));
        counts.put(Interval.DAILY, count(keep.keepDaily()));
        counts.put(Interval.WEEKLY, count(keep.keepWeekly()));
        counts.put(Interval.MONTHLY, count(keep.keepMonthly()));
        counts.put(Interval.YEARLY, count(keep.keepYearly()));
        Retention.Within within = keep.keepWithin();
        RetentionSpan span = within == null
                ? RetentionSpan.NONE
                : new RetentionSpan(within.years(), within.months(), within.days(), within.hours());
        return new RetentionPolicy(counts, span, Map.of(), List.of());
    }

    private static int count(Retention.Keep keep) {
        return keep.isUnlimited() ? RetentionPolicy.UNLIMITED : (int) keep.count();
    }

    @Override
    public WriterOptions writing(String name) {
        RepositorySettings repository = config.repository(name);
        return new WriterOptions(compression(repository.compression()), repository.packSize());
    }

    @Override
    public @Nullable ColdPolicy cold(String name) {
        RepositorySettings.Cold cold = config.repository(name).cold();
        return cold == null ? null : new ColdPolicy(cold.storageClass(), cold.after());
    }

    @Override
    public PriceTable prices(String name) {
        return config.pricesOf(config.repository(name));
    }

    @Override
    public JobPolicy policy(Job job) {
        JobSettings known = config.jobs().get(job.name()); // status makes jobs up from points
        Retention settings = known == null ? null : known.retention();
        return new JobPolicy(job.name(), settings == null ? null : policy(settings), job.sources());
    }

    @Override
    public void probe(RunSource source) {
        switch (source) {
            case RunSource.Files files -> FilesProbe.check(files.name(), files.request());
            case RunSource.Streams streams -> streams.source().probe();
            case RunSource.Bucket bucket -> {
                try (Bucket opened = bucket.request().opening().get()) {
                    opened.list("", null);
                }
            }
        }
    }

    private String host(JobSettings job) {
        String ofJob = job.host();
        String ofAll = config.host();
        return ofJob != null
                ? ofJob
                : ofAll != null ? ofAll : ProcessIdentity.current().hostname();
    }

    /// The job's part of the effective settings, flattened: secrets were left out by the reader.
    private Map<String, String> effective(Job job) {
        Map<String, String> flat = new TreeMap<>();
        flat.put("job", job.name());
        flat.put("repository", String.join(", ", job.repositories()));
        for (String source : job.sources()) {
            if (config.effective().get("sources") instanceof Map<?, ?> sources) {
                flat.put("sources." + source, String.valueOf(sources.get(source)));
            }
        }
        return flat;
    }

    private RunSource source(SourceSettings settings, List<RepositorySettings> repositories) {
        return switch (settings) {
            case SourceSettings.Files files ->
                new RunSource.Files(files.name(), files.required(), request(files, repositories), files.exclude());
            case SourceSettings.Postgres postgres -> new RunSource.Streams(wired(postgres), postgres.required());
            case SourceSettings.Redis redis -> new RunSource.Streams(wired(redis), redis.required());
            case SourceSettings.Bucket bucket -> new RunSource.Bucket(request(bucket, repositories), bucket.required());
        };
    }

    private BucketRequest request(SourceSettings.Bucket bucket, List<RepositorySettings> repositories) {
        var buckets = new Buckets(config, context);
        TagReading tags = switch (bucket.tags()) {
            case CHANGED -> TagReading.CHANGED;
            case ALWAYS -> TagReading.ALWAYS;
            case NEVER -> TagReading.NEVER;
        };
        return new BucketRequest(
                bucket.name(),
                () -> buckets.source(bucket),
                tags,
                itself(buckets, bucket, repositories),
                buckets.temporaryFolder());
    }

    /// A repository inside the bucket it protects would grow by itself with every run.
    private List<String> itself(
            Buckets buckets, SourceSettings.Bucket settings, List<RepositorySettings> repositories) {
        List<String> inside = new ArrayList<>();
        try (Bucket bucket = buckets.source(settings)) {
            for (RepositorySettings repository : repositories) {
                String location = new Repositories(config, context).location(repository) + "/";
                if (location.equals(bucket.location() + "/")) {
                    throw bad(
                            settings,
                            "it is the place of repository " + repository.name() + " itself",
                            "keep repositories in a bucket, or below a prefix, of their own",
                            null);
                }
                if (location.startsWith(bucket.location() + "/")) {
                    inside.add(location.substring(bucket.location().length() + 1));
                }
            }
        }
        return inside;
    }

    @Override
    public Bucket target(String source, String url, Map<String, String> options) {
        SourceSettings settings = config.sources().get(source);
        return new Buckets(config, context)
                .target(url, settings instanceof SourceSettings.Bucket bucket ? bucket : null, options);
    }

    @Override
    public Path temporaryFolder() {
        return new Buckets(config, context).temporaryFolder();
    }

    @Override
    public StreamSource restorer(String source, String kind) {
        return switch (kind) {
            case "postgres" -> postgres(source);
            case "redis" ->
                config.sources().get(source) instanceof SourceSettings.Redis redis
                        ? wired(redis)
                        : new RedisSource(
                                RedisSettings.ofServer(
                                        source, LOCALHOST, 6379, Optional.empty(), Optional.empty(), false),
                                context.clock());
            default ->
                throw new OperationException(
                        ExitStatus.FAILED,
                        "source %s is of kind %s, which this version does not restore".formatted(source, kind),
                        "use the version that made the point, or restic",
                        null);
        };
    }

    /// The server of the configuration may be the one that was lost: a restore uses only its password and tools.
    private PostgresSource postgres(String source) {
        return config.sources().get(source) instanceof SourceSettings.Postgres postgres
                ? wired(postgres)
                : new PostgresSource(PostgresSettings.ofServer(
                        source, LOCALHOST, 5432, Optional.empty(), environmentPassword("PGPASSWORD")));
    }

    @Override
    public void exportSql(String source, StoredStreams stored, OutputStream out) throws IOException {
        postgres(source).exportSql(stored, out);
    }

    private FilesRequest request(SourceSettings.Files files, List<RepositorySettings> repositories) {
        List<PatternList> excludes = new ArrayList<>();
        excludes.add(patterns(files, files.exclude(), false));
        excludes.add(patterns(files, files.iexclude(), true));
        for (String file : files.excludeFiles()) {
            excludes.add(patterns(files, patternFile(files, file), false));
        }
        var places = new Repositories(config, context);
        repositories.forEach(repository -> excludes.add(itself(files, places.location(repository))));
        config.jobs().values().forEach(job -> {
            ExportSettings export = job.export();
            if (export != null && job.sources().contains(files.name())) {
                try (Storage place = places.exports(job.name(), export)) {
                    excludes.add(itself(files, place.location()));
                }
            }
        });
        Map<String, String> present = new LinkedHashMap<>();
        for (String marker : files.excludeIfPresent()) {
            int colon = marker.indexOf(':');
            present.put(colon < 0 ? marker : marker.substring(0, colon), colon < 0 ? "" : marker.substring(colon + 1));
        }
        var larger = files.excludeLargerThan();
        return new FilesRequest(
                files.paths().stream()
                        .map(path -> RawName.of(
                                config.directory().resolve(path).normalize().toString()))
                        .toList(),
                RawName.of(config.directory().toString()),
                null,
                excludes.stream().filter(list -> !list.isEmpty()).toList(),
                present,
                files.excludeCaches(),
                larger == null ? -1 : larger.bytes(),
                files.oneFileSystem(),
                false,
                false,
                false,
                workers());
    }

    /// A repository inside the folder it protects would grow by itself with every run, its own lock included; so would
    /// exports.
    private PatternList itself(SourceSettings.Files files, String location) {
        if (!location.startsWith("local:")) {
            return patterns(files, List.of(), false);
        }
        String path = location.substring("local:".length());
        return patterns(files, List.of(path.replaceAll("[\\\\*?\\[]", "\\\\$0")), false);
    }

    private PatternList patterns(SourceSettings.Files files, List<String> texts, boolean ignoreCase) {
        try {
            return PatternList.of(texts, ignoreCase);
        } catch (IllegalArgumentException e) {
            throw bad(files, String.valueOf(e.getMessage()), "correct the pattern", e);
        }
    }

    private List<String> patternFile(SourceSettings.Files files, String file) {
        try {
            return PatternList.parseFile(Files.readAllBytes(config.directory().resolve(file)), context.environment());
        } catch (IOException e) {
            throw bad(files, "exclude file " + file + " cannot be read", "check the path", e);
        }
    }

    private static OperationException bad(SourceSettings source, String fact, String hint, @Nullable Exception cause) {
        return new OperationException(
                ExitStatus.BAD_CONFIGURATION, "source %s: %s".formatted(source.name(), fact), hint, cause);
    }

    private PostgresSource wired(SourceSettings.Postgres settings) {
        PostgresSettings wired = settings.url() == null
                ? PostgresSettings.ofServer(
                        settings.name(),
                        server(settings.server()).host(),
                        server(settings.server()).port(),
                        Optional.ofNullable(server(settings.server()).user()),
                        password(settings.name(), server(settings.server()).password()))
                : PostgresSettings.ofUrl(
                        settings.name(), url(settings.name(), settings.url()), environmentPassword("PGPASSWORD"));
        if (!settings.databases().isEmpty() || !settings.excludeDatabases().isEmpty()) {
            wired = wired.withDatabases(settings.databases(), settings.excludeDatabases());
        }
        wired = wired.withLevel(level(settings.facts())).withMaxLockWait(settings.lockTimeout());
        String tools = settings.tools();
        return new PostgresSource(
                tools == null ? wired : wired.withTools(config.directory().resolve(Path.of(tools))));
    }

    private RedisSource wired(SourceSettings.Redis settings) {
        RedisSettings wired = settings.url() == null
                ? RedisSettings.ofServer(
                        settings.name(),
                        server(settings.server()).host(),
                        server(settings.server()).port(),
                        Optional.ofNullable(server(settings.server()).user()),
                        password(settings.name(), server(settings.server()).password()),
                        settings.tls())
                : RedisSettings.ofUrl(
                        settings.name(), url(settings.name(), settings.url()), environmentPassword("REDIS_PASSWORD"));
        return new RedisSource(wired.withLevel(level(settings.facts())), context.clock());
    }

    private static SourceSettings.Server server(SourceSettings.@Nullable Server server) {
        if (server == null) {
            throw new IllegalStateException("a source has neither URL nor host: the reader should have refused it");
        }
        return server;
    }

    private String url(String source, SecretReference reference) {
        try (Secret url = secrets.resolve(reference, "the URL of source " + source)) {
            return url.reveal();
        }
    }

    private Optional<Secret> password(String source, @Nullable SecretReference reference) {
        return reference == null
                ? Optional.empty()
                : Optional.of(secrets.resolve(reference, "the password of source " + source));
    }

    private Optional<Secret> environmentPassword(String variable) {
        return Optional.ofNullable(context.environment().get(variable))
                .filter(text -> !text.isEmpty())
                .map(Secret::of);
    }

    private static FactsLevel level(FactsMode mode) {
        return switch (mode) {
            case NONE -> FactsLevel.NONE;
            case COUNTS -> FactsLevel.COUNTS;
            case DIGESTS -> FactsLevel.DIGESTS;
        };
    }

    private static Compression compression(CompressionMode mode) {
        return switch (mode) {
            case AUTO -> Compression.AUTO;
            case OFF -> Compression.OFF;
            case FASTEST -> Compression.FASTEST;
            case BETTER -> Compression.BETTER;
            case MAX -> Compression.MAX;
        };
    }
}
