package dev.reprise.storage.s3;

import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.url.PlaceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;

/// Finds credentials where restic looks, in its order: variables of AWS, of MinIO, the shared files, a pod's web
/// identity,
/// a container's endpoint, the machine's own role. The SDK's chain would ask the process's environment; this one asks
/// the
/// environment it was given.
final class CredentialChain {
    private static final String HINT = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE;"
            + " -o s3.unsafe-anonymous-auth=true sends none";

    private final S3Options options;
    private final PlaceSettings settings;
    private final Function<AwsCredentialsProvider, StsClient> tokenService;

    /// @param tokenService makes the client that trades one identity for another
    CredentialChain(
            S3Options options, PlaceSettings settings, Function<AwsCredentialsProvider, StsClient> tokenService) {
        this.options = options;
        this.settings = settings;
        this.tokenService = tokenService;
    }

    /// The first that has something. May ask the network, but only when nothing was found on this machine.
    ///
    /// @throws StorageException `DENIED` if there is nothing
    AwsCredentialsProvider find() {
        if (options.anonymous()) {
            return AnonymousCredentialsProvider.create();
        }
        AwsCredentialsProvider found = firstOf(List.of(
                        this::namedProfile,
                        () -> fromVariables("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
                        () -> fromVariables("AWS_ACCESS_KEY", "AWS_SECRET_KEY"),
                        () -> fromVariables("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"),
                        () -> fromVariables("MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"),
                        this::sharedProfile,
                        this::webIdentity,
                        this::container,
                        this::machine))
                .orElseThrow(() -> new StorageException(Kind.DENIED, "no credentials for S3 found", HINT, null));
        return inRole(found);
    }

    private static Optional<AwsCredentialsProvider> firstOf(List<Supplier<Optional<AwsCredentialsProvider>>> ways) {
        return ways.stream().map(Supplier::get).flatMap(Optional::stream).findFirst();
    }

    private Optional<AwsCredentialsProvider> fromVariables(String keyName, String secretName) {
        String key = settings.variable(keyName);
        String secret = settings.variable(secretName);
        if (key.isEmpty() && secret.isEmpty()) {
            return Optional.empty();
        }
        if (key.isEmpty() || secret.isEmpty()) {
            String missing = key.isEmpty() ? keyName : secretName;
            String other = key.isEmpty() ? secretName : keyName;
            throw new StorageException(Kind.DENIED, other + " is set, " + missing + " is not", "set both", null);
        }
        String token = settings.variable("AWS_SESSION_TOKEN");
        return Optional.of(StaticCredentialsProvider.create(
                token.isEmpty()
                        ? AwsBasicCredentials.create(key, secret)
                        : AwsSessionCredentials.create(key, secret, token)));
    }

    private Optional<AwsCredentialsProvider> namedProfile() {
        String name = options.profile();
        if (name == null) {
            return Optional.empty();
        }
        return Optional.of(profile(name).orElseThrow(() -> noProfile(name)));
    }

    private Optional<AwsCredentialsProvider> sharedProfile() {
        String name = settings.variable("AWS_PROFILE");
        Optional<AwsCredentialsProvider> found = profile(name.isEmpty() ? "default" : name);
        if (found.isEmpty() && !name.isEmpty()) {
            throw noProfile(name);
        }
        return found;
    }

    private StorageException noProfile(String name) {
        String fact = "no profile " + name + " with credentials in " + credentialsFile() + " or " + configFile();
        return new StorageException(Kind.DENIED, fact, "write its name as in these files", null);
    }

    private Optional<AwsCredentialsProvider> profile(String name) {
        try {
            ProfileFile file = profiles();
            if (file.profile(name).filter(SharedProfile::hasCredentials).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(ProfileCredentialsProvider.builder()
                    .profileFile(file)
                    .profileName(name)
                    .build());
        } catch (SdkException | IllegalArgumentException e) {
            String fact = "could not read the profile " + name + ": " + e.getMessage();
            throw new StorageException(Kind.DENIED, fact, "look at " + credentialsFile(), e);
        }
    }

    private ProfileFile profiles() {
        var files = ProfileFile.aggregator();
        add(files, credentialsFile(), ProfileFile.Type.CREDENTIALS);
        add(files, configFile(), ProfileFile.Type.CONFIGURATION);
        return files.build();
    }

    private static void add(ProfileFile.Aggregator files, Path file, ProfileFile.Type type) {
        if (Files.isRegularFile(file)) {
            files.addFile(ProfileFile.builder().content(file).type(type).build());
        }
    }

    private Path credentialsFile() {
        return file("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
    }

    private Path configFile() {
        return file("AWS_CONFIG_FILE", ".aws/config");
    }

    private Path file(String variable, String inHome) {
        String named = settings.variable(variable);
        Path home = settings.workingDirectory().resolve(settings.variable("HOME"));
        return named.isEmpty()
                ? home.resolve(inHome)
                : settings.workingDirectory().resolve(named);
    }

    private Optional<AwsCredentialsProvider> webIdentity() {
        String token = settings.variable("AWS_WEB_IDENTITY_TOKEN_FILE");
        String role = settings.variable("AWS_ROLE_ARN");
        if (token.isEmpty() || role.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(StsWebIdentityTokenFileCredentialsProvider.builder()
                .stsClient(tokenService.apply(AnonymousCredentialsProvider.create()))
                .webIdentityTokenFile(settings.workingDirectory().resolve(token))
                .roleArn(role)
                .roleSessionName(sessionName("AWS_ROLE_SESSION_NAME"))
                .build());
    }

    private String sessionName(String variable) {
        String name = settings.variable(variable);
        return name.isEmpty() ? "reprise" : name;
    }

    private Optional<AwsCredentialsProvider> container() {
        return ContainerCredentials.from(settings).map(found -> found);
    }

    private Optional<AwsCredentialsProvider> machine() {
        if (settings.variable("AWS_EC2_METADATA_DISABLED").equalsIgnoreCase("true")) {
            return Optional.empty();
        }
        var builder = InstanceProfileCredentialsProvider.builder()
                .profileFile(ProfileFile.aggregator().build())
                .profileName("default");
        String endpoint = settings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        AwsCredentialsProvider provider = endpoint.isEmpty()
                ? builder.build()
                : builder.endpoint(endpoint).build();
        try {
            provider.resolveCredentials();
            return Optional.of(provider);
        } catch (SdkException e) {
            return Optional.empty(); // no such machine, or one without a role
        }
    }

    /// As restic does with `RESTIC_AWS_ASSUME_ROLE_ARN` and its kin.
    private AwsCredentialsProvider inRole(AwsCredentialsProvider own) {
        String role = settings.variable("RESTIC_AWS_ASSUME_ROLE_ARN");
        if (role.isEmpty()) {
            return own;
        }
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(tokenService.apply(own))
                .refreshRequest(request -> request.roleArn(role)
                        .roleSessionName(sessionName("RESTIC_AWS_ASSUME_ROLE_SESSION_NAME"))
                        .externalId(orNull("RESTIC_AWS_ASSUME_ROLE_EXTERNAL_ID"))
                        .policy(orNull("RESTIC_AWS_ASSUME_ROLE_POLICY")))
                .build();
    }

    private @Nullable String orNull(String variable) {
        String value = settings.variable(variable);
        return value.isEmpty() ? null : value;
    }
}
