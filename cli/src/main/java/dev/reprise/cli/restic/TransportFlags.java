package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.storage.retry.RetryListener;
import dev.reprise.storage.url.PlaceKind.PlaceOption;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.PlaceSettings.RateLimits;
import dev.reprise.storage.url.Transport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags that say how a place is spoken to, and the variables that stand for them.
final class TransportFlags {
    private static final long BYTES_PER_KIBIBYTE = 1024;

    private final CommandContext context;

    @Option(names = "--no-extra-verify", description = "Accepted; what is written is always verified.")
    @SuppressWarnings("UnusedVariable") // read by picocli, only to be accepted
    private boolean noExtraVerify;

    @Option(
            names = "--limit-upload",
            paramLabel = "KiB/s",
            description = "Send no faster than this to a server (default: 0, as fast as it goes).")
    private long limitUpload;

    @Option(
            names = "--limit-download",
            paramLabel = "KiB/s",
            description = "Read no faster than this from a server (default: 0, as fast as it goes).")
    private long limitDownload;

    @Option(
            names = "--cacert",
            paramLabel = "file",
            split = ",",
            description = "PEM files with certificates to trust, instead of the system's (default: $RESTIC_CACERT).")
    private List<String> certificates = new ArrayList<>();

    @Option(
            names = "--tls-client-cert",
            paramLabel = "file",
            description = "PEM file with a certificate and its key to show (default: $RESTIC_TLS_CLIENT_CERT).")
    private @Nullable String clientCertificate;

    @Option(names = "--insecure-tls", description = "Accept any certificate of a server; anybody may read along.")
    private boolean insecureTls;

    @Option(
            names = "--http-user-agent",
            paramLabel = "text",
            description = "What HTTP requests call themselves (default: $RESTIC_HTTP_USER_AGENT).")
    private @Nullable String userAgent;

    @Option(
            names = "--stuck-request-timeout",
            paramLabel = "duration",
            description = "Give up a request that moves no byte for so long (default: 5m).")
    private String stuckRequestTimeout = "5m";

    @Option(
            names = {"-o", "--option"},
            paramLabel = "key=value",
            description = "Option of a kind of place; the verb options lists them.")
    private List<String> extended = new ArrayList<>();

    TransportFlags(CommandContext context) {
        this.context = context;
    }

    /// @param retries told of what a place could not do at once
    /// @throws FatalException if a flag makes no sense
    PlaceSettings settings(RetryListener retries) {
        return new PlaceSettings(
                context.environment(),
                context.workingDirectory(),
                options(),
                transport(),
                new RateLimits(rate("--limit-upload", limitUpload), rate("--limit-download", limitDownload)),
                context.clock(),
                retries);
    }

    private static OptionalLong rate(String flag, long kibibytes) {
        if (kibibytes < 0 || kibibytes > Long.MAX_VALUE / BYTES_PER_KIBIBYTE) {
            throw new FatalException("invalid value " + kibibytes + " for " + flag + ", must be a number of KiB/s");
        }
        return kibibytes == 0 ? OptionalLong.empty() : OptionalLong.of(kibibytes * BYTES_PER_KIBIBYTE);
    }

    private Transport transport() {
        String client = clientCertificate != null ? clientCertificate : variable("RESTIC_TLS_CLIENT_CERT");
        String agent = userAgent != null ? userAgent : variable("RESTIC_HTTP_USER_AGENT");
        return new Transport(
                trusted(),
                client.isEmpty() ? null : context.resolve(client),
                insecureTls,
                agent.isEmpty() ? Transport.DEFAULT.userAgent() : agent,
                GoDuration.parse(stuckRequestTimeout));
    }

    private List<Path> trusted() {
        Stream<String> files = certificates.isEmpty()
                ? Arrays.stream(variable("RESTIC_CACERT").split(",", -1))
                : certificates.stream();
        return files.filter(file -> !file.isEmpty()).map(context::resolve).toList();
    }

    private String variable(String name) {
        return context.environment().getOrDefault(name, "");
    }

    /// restic knows names in any case, and the last of a kind wins nothing: a name given twice must
    /// say the same.
    private Map<String, String> options() {
        Set<String> known =
                context.places().options().stream().map(PlaceOption::name).collect(Collectors.toSet());
        Map<String, String> values = new TreeMap<>();
        for (String option : extended) {
            int equals = option.indexOf('=');
            String key =
                    (equals < 0 ? option : option.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
            String value = equals < 0 ? "" : option.substring(equals + 1).strip();
            if (!known.contains(key)) {
                throw new FatalException("option " + key + " is not known; the verb options lists those that are");
            }
            String before = values.putIfAbsent(key, value);
            if (before != null && !before.equals(value)) {
                throw new FatalException("key \"" + key + "\" present more than once");
            }
        }
        return values;
    }
}
