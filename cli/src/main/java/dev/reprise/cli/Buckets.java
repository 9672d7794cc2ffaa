package dev.reprise.cli;

import dev.reprise.config.ConfigException;
import dev.reprise.config.RepriseConfig;
import dev.reprise.config.Secrets;
import dev.reprise.config.SourceSettings;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.url.PlaceKind.PlaceOption;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.PlaceSettings.RateLimits;
import dev.reprise.storage.url.Transport;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Opens buckets: those of the configuration, and others as targets.
///
/// @param config  whose directory relative paths start at
/// @param context gives environment and clock
public record Buckets(RepriseConfig config, CommandContext context) {
    private static final Pattern SERVER = Pattern.compile("[a-z0-9]+:(?://)?(?:https?://)?([^/]+)/.*");

    /// The caller closes it. Nothing is asked of the network yet.
    public Bucket source(SourceSettings.Bucket settings) {
        var options = new HashMap<>(settings.options());
        String url = url(settings);
        options.putIfAbsent(scheme(url) + ".connections", String.valueOf(settings.connections()));
        return open(url, environment(settings), options, "sources." + settings.name());
    }

    /// A bucket that a restore goes to. On the server of the source it takes the source's settings and credentials, on
    /// any other nothing but the process's: what opens one server is never shown to another.
    ///
    /// @param source  null if the configuration does not have it
    /// @param options of the kind of place; they win
    public Bucket target(String url, SourceSettings.@Nullable Bucket source, Map<String, String> options) {
        var all = new HashMap<String, String>();
        Map<String, String> environment = context.environment();
        if (source != null && server(url).isPresent() && server(url).equals(server(url(source)))) {
            all.putAll(source.options());
            all.putIfAbsent(scheme(url) + ".connections", String.valueOf(source.connections()));
            environment = environment(source);
        }
        all.putAll(options);
        all.putIfAbsent(scheme(url) + ".connections", "16");
        return open(url, environment, all, "the target");
    }

    /// Where listings lie that memory should not hold.
    public Path temporaryFolder() {
        return settings(context.environment(), Map.of()).temporaryFolder();
    }

    /// Whether a target is a bucket and no folder.
    public static boolean isBucket(String target) {
        return target.startsWith("s3:");
    }

    private Bucket open(String url, Map<String, String> environment, Map<String, String> options, String whose) {
        List<String> known =
                context.places().options().stream().map(PlaceOption::name).toList();
        for (String name : options.keySet()) {
            if (!known.contains(name) && isBucket(url)) {
                throw ConfigException.of(
                        whose + " has the option " + name + ", which no kind of place takes",
                        "list those that are taken: reprise restic options");
            }
        }
        return context.places().bucket(url, settings(environment, options));
    }

    private PlaceSettings settings(Map<String, String> environment, Map<String, String> options) {
        return new PlaceSettings(
                environment, config.directory(), options, Transport.DEFAULT, RateLimits.NONE, context.clock());
    }

    private Map<String, String> environment(SourceSettings.Bucket settings) {
        var environment = new HashMap<>(context.environment());
        settings.environment().forEach((name, reference) -> {
            String what = "the variable " + name + " of source " + settings.name();
            environment.put(name, secrets().resolve(reference, what).reveal());
        });
        return environment;
    }

    private String url(SourceSettings.Bucket settings) {
        return secrets()
                .resolve(settings.url(), "the URL of source " + settings.name())
                .reveal();
    }

    private Secrets secrets() {
        return new Secrets(context.environment());
    }

    private static String scheme(String url) {
        int colon = url.indexOf(':');
        return colon < 0 ? "local" : url.substring(0, colon);
    }

    private static Optional<String> server(String url) {
        Matcher matcher = SERVER.matcher(url);
        return matcher.matches() ? Optional.of(matcher.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
    }
}
