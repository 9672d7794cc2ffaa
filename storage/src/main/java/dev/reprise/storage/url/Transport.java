package dev.reprise.storage.url;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How servers are spoken to, the same for every kind of place that uses HTTP.
///
/// @param certificates      PEM files with certificates to trust instead of the system's; empty for the system's
/// @param clientCertificate PEM file with a certificate and its private key to show; null for none
/// @param insecureTls       whether to accept any certificate
/// @param userAgent         what requests call themselves
/// @param stuckRequest      a request that moves no byte for so long is given up; zero for never
public record Transport(
        List<Path> certificates,
        @Nullable Path clientCertificate,
        boolean insecureTls,
        String userAgent,
        Duration stuckRequest) {
    public static final Transport DEFAULT = new Transport(List.of(), null, false, "reprise", Duration.ofMinutes(5));

    public Transport {
        certificates = List.copyOf(certificates);
    }
}
