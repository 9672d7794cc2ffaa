package dev.reprise.cli.restic;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags that scripts pass and that change nothing here: blobs are always verified,
/// and the only places so far are local, where nothing is limited and nothing needs certificates.
@SuppressWarnings("UnusedVariable") // they are read from the command line only to be accepted
final class AcceptedFlags {
    @Option(names = "--no-extra-verify", description = "Accepted; what is written is always verified.")
    private boolean noExtraVerify;

    @Option(names = "--limit-upload", paramLabel = "KiB/s", description = "Accepted; a local place is not limited.")
    private long limitUpload;

    @Option(names = "--limit-download", paramLabel = "KiB/s", description = "Accepted; a local place is not limited.")
    private long limitDownload;

    @Option(names = "--cacert", paramLabel = "file", split = ",", description = "Certificates to trust.")
    private List<String> certificates = new ArrayList<>();

    @Option(names = "--tls-client-cert", paramLabel = "file", description = "Certificate and key to show.")
    private @Nullable String clientCertificate;

    @Option(names = "--insecure-tls", description = "Do not check certificates.")
    private boolean insecureTls;

    @Option(names = "--http-user-agent", paramLabel = "text", description = "What HTTP requests call themselves.")
    private @Nullable String userAgent;

    @Option(names = "--stuck-request-timeout", paramLabel = "duration", description = "Give up a request after this.")
    private String stuckRequestTimeout = "5m";
}
