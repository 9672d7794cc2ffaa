package dev.reprise.storage.s3;

import dev.reprise.storage.proxy.ProxyRules;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.Transport;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.auth.spi.scheme.AuthSchemeOption;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.utils.AttributeMap;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/// The SDK's client for one bucket, made at its first use: one attempt at each request, the credentials, clock,
/// certificates and proxies of the settings and nothing of this process's environment. Safe for use by many threads.
final class S3Connection implements AutoCloseable {
    private static final Duration CONNECTING = Duration.ofSeconds(30);

    private final S3Address address;
    private final S3Options options;
    private final PlaceSettings settings;
    private @Nullable S3Client client;
    private @Nullable SdkHttpClient http;
    private boolean closed;

    S3Connection(S3Address address, S3Options options, PlaceSettings settings) {
        this.address = address;
        this.options = options;
        this.settings = settings;
    }

    /// Looks for credentials when called for the first time.
    ///
    /// @throws dev.reprise.storage.StorageException     if there are no credentials
    /// @throws dev.reprise.storage.url.StorageUrlException if certificates or proxies cannot be used
    synchronized S3Client client() {
        if (closed) {
            throw new IllegalStateException("this place is closed: " + address.location());
        }
        S3Client made = client;
        if (made == null) {
            made = make();
            client = made;
        }
        return made;
    }

    private S3Client make() {
        keepConnections();
        SdkHttpClient web = web(address, settings);
        http = web;
        AwsCredentialsProvider credentials = new CredentialChain(options, settings, this::tokenService).find();
        var builder = S3Client.builder()
                .httpClient(web)
                .credentialsProvider(credentials)
                .region(Region.of(options.region()))
                .forcePathStyle(options.pathStyle())
                .authSchemeProvider(signedAt(settings.clock().withZone(ZoneOffset.UTC)))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .disableS3ExpressSessionAuth(true)
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false)) // not taken everywhere
                .overrideConfiguration(overrides());
        if (AmazonHost.isKnown(address)) {
            builder.dualstackEnabled(AmazonHost.isDualStack(address)).crossRegionAccessEnabled(!options.regionTold());
        } else {
            builder.endpointOverride(address.endpoint());
        }
        if (!options.provider().takesSha256()) {
            builder.addPlugin(LegacyMd5Plugin.create());
        }
        return builder.build();
    }

    /// The JDK keeps five connections to a host unless told otherwise before the first; it asks nothing else.
    private void keepConnections() {
        if (options.connections() > 5 && System.getProperty("http.maxConnections") == null) {
            System.setProperty("http.maxConnections", String.valueOf(options.connections()));
        }
    }

    /// @param address decides about the proxy
    static SdkHttpClient web(S3Address address, PlaceSettings settings) {
        Transport transport = settings.transport();
        var builder = UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECTING)
                .socketTimeout(transport.stuckRequest())
                .proxyConfiguration(proxy(address, settings));
        var tls = new TlsFiles(transport);
        tls.trust().ifPresent(trust -> builder.tlsTrustManagersProvider(() -> trust));
        tls.identity().ifPresent(identity -> builder.tlsKeyManagersProvider(() -> identity));
        AttributeMap defaults = AttributeMap.builder()
                .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, transport.insecureTls())
                .build();
        SdkHttpClient client = builder.buildWithDefaults(defaults);
        return transport.stuckRequest().isZero() ? client : new StallGuard(client, transport.stuckRequest());
    }

    private static ProxyConfiguration proxy(S3Address address, PlaceSettings settings) {
        var builder =
                ProxyConfiguration.builder().useSystemPropertyValues(false).useEnvironmentVariablesValues(false);
        new ProxyRules(settings.environment()).proxyFor(address.endpoint()).ifPresent(proxy -> {
            builder.endpoint(URI.create("http://" + proxy.getHost() + ":" + proxy.getPort()));
            String[] user = String.valueOf(proxy.getUserInfo()).split(":", 2);
            if (user.length == 2) {
                builder.username(user[0]).password(user[1]);
            }
        });
        return builder.build();
    }

    private ClientOverrideConfiguration overrides() {
        return ClientOverrideConfiguration.builder()
                .retryStrategy(attempts -> attempts.maxAttempts(1))
                .defaultProfileFile(ProfileFile.aggregator().build())
                .defaultProfileName("default")
                .putAdvancedOption(
                        SdkAdvancedClientOption.USER_AGENT_PREFIX,
                        settings.transport().userAgent())
                .build();
    }

    /// Signs by our clock: the SDK would follow a server's clock silently, and wrong clocks break locks.
    private static S3AuthSchemeProvider signedAt(Clock clock) {
        S3AuthSchemeProvider schemes = S3AuthSchemeProvider.defaultProvider();
        return parameters -> schemes.resolveAuthScheme(parameters).stream()
                .map(AuthSchemeOption::toBuilder)
                .map(scheme -> scheme.putSignerProperty(HttpSigner.SIGNING_CLOCK, clock)
                        .build())
                .toList();
    }

    /// Asks the endpoint restic's variables name, else the region's own.
    private StsClient tokenService(AwsCredentialsProvider identity) {
        String endpoint = settings.variable("RESTIC_AWS_ASSUME_ROLE_STS_ENDPOINT");
        String region = settings.variable("RESTIC_AWS_ASSUME_ROLE_REGION");
        var builder = StsClient.builder()
                .httpClient(web(address, settings))
                .credentialsProvider(identity)
                .region(Region.of(region.isEmpty() ? options.region() : region))
                .overrideConfiguration(overrides());
        if (!endpoint.isEmpty()) {
            builder.endpointOverride(URI.create(endpoint));
        }
        return builder.build();
    }

    @Override
    public synchronized void close() {
        closed = true;
        close(client);
        close(http);
    }

    private static void close(@Nullable SdkAutoCloseable open) {
        if (open != null) {
            open.close();
        }
    }
}
