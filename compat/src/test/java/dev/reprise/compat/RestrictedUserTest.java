package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.store.StoreCredentials;
import dev.reprise.testkit.store.StoreProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/// Everything a job does, by one who has exactly the rights `reprise doctor` prints, in a bucket with Object Lock.
/// MinIO takes the printed document as it is, for temporary credentials that may do nothing else.
@Tag("long")
class RestrictedUserTest {
    private static StoreProcess minio;

    @TempDir
    private Path home;

    @BeforeAll
    static void start(@TempDir Path folder) {
        minio = StoreProcess.start(StoreProcess.Kind.MINIO, folder);
    }

    @AfterAll
    static void stop() {
        minio.close();
    }

    @BeforeEach
    void configure() throws IOException {
        Files.writeString(Files.createDirectory(home.resolve("uploads")).resolve("a"), "what must not be lost");
    }

    private void configure(String bucket) throws IOException {
        Files.writeString(home.resolve("reprise.yaml"), """
                repositories:
                  far:
                    location: "s3:%s/%s/host1"
                    password: {env: REPRISE_TEST_PASSWORD}
                    options: {s3.object-lock: compliance, s3.retain-days: "1"}
                sources:
                  uploads: {kind: files, paths: [uploads]}
                jobs:
                  nightly: {sources: [uploads], repository: far, retention: {keep-last: 1}}
                """.formatted(minio.endpoint(), bucket));
        try (S3Client administrator = S3Client.builder()
                .endpointOverride(minio.endpoint())
                .httpClient(UrlConnectionHttpClient.create())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(root())
                .build()) {
            administrator.createBucket(request -> request.bucket(bucket).objectLockEnabledForBucket(true));
        }
    }

    private static StaticCredentialsProvider root() {
        return StaticCredentialsProvider.create(
                AwsBasicCredentials.create(StoreCredentials.KEY, StoreCredentials.SECRET));
    }

    /// Of one who may do what the doctor prints for this purpose.
    private RepriseStack limited(String purpose) {
        String policy = new RepriseStack(home, environment(StoreCredentials.variables()))
                .ok("doctor", "far", "--policy", "--for", purpose)
                .out();
        try (StsClient tokens = StsClient.builder()
                .endpointOverride(minio.endpoint())
                .httpClient(UrlConnectionHttpClient.create())
                .region(Region.US_EAST_1)
                .credentialsProvider(root())
                .build()) {
            Credentials credentials = tokens.assumeRole(request -> request.roleArn("arn:x:ignored:by:minio:")
                            .roleSessionName("limited")
                            .policy(policy))
                    .credentials();
            return new RepriseStack(
                    home,
                    environment(Map.of(
                            "AWS_ACCESS_KEY_ID", credentials.accessKeyId(),
                            "AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey(),
                            "AWS_SESSION_TOKEN", credentials.sessionToken())));
        }
    }

    private Map<String, String> environment(Map<String, String> credentials) {
        Map<String, String> environment = new TreeMap<>(credentials);
        environment.put("REPRISE_TEST_PASSWORD", "of one who may little");
        environment.put("HOME", home.toString());
        return environment;
    }

    @Test
    void the_rights_of_a_backup_suffice_for_all_it_does_and_destroy_nothing() throws IOException {
        configure("backups");
        RepriseStack job = limited("backup");
        assertThat(job.ok("init").err()).doesNotContain("warning");
        job.ok("backup");
        Files.writeString(home.resolve("uploads/a"), "what came later");
        job.ok("backup");
        assertThat(job.ok("doctor", "far").out()).contains(" 0 problems");
        assertThat(job.ok("points", "--json").out()).containsPattern("\"immutable_until\":\"20");
        job.ok("check", "--read-data");
        job.ok("restore", "uploads", "--to", home.resolve("back").toString());
        assertThat(home.resolve("back/a")).hasContent("what came later");

        assertThat(job.ok("check", "--immutability").out())
                .contains(": immutable: nothing that is kept can be destroyed")
                .contains("refused: tried to delete its version")
                .contains("0 not kept");
        assertThat(job.ok("extend-locks", "--margin", "100").out()).contains("are kept for longer now");
        assertThat(job.ok("status").out()).contains("kept what it promises");

        RepriseStack.Result pruned = job.run("prune", "--yes");
        assertThat(pruned.status()).as("%s", pruned).isEqualTo(3);
        assertThat(pruned.err()).contains("AccessDenied").contains("1 snapshots stay, and all they need");
        assertThat(job.ok("points", "--json").out().split("immutable_until", -1))
                .hasSize(3);
        job.ok("check", "--read-data");
    }

    @Test
    void the_rights_of_a_restore_read_and_those_of_a_prune_remove() throws IOException {
        configure("others");
        RepriseStack writer = limited("backup");
        writer.ok("init");
        writer.ok("backup");
        Files.writeString(home.resolve("uploads/a"), "what came later");
        writer.ok("backup");

        RepriseStack reader = limited("restore");
        reader.ok("restore", "uploads", "--to", home.resolve("back").toString());
        assertThat(home.resolve("back/a")).hasContent("what came later");
        assertThat(reader.run("backup").status()).isNotZero();

        RepriseStack pruner = limited("prune");
        pruner.ok("prune", "--yes");
        assertThat(writer.ok("points", "--json").out().split("immutable_until", -1))
                .hasSize(2);
        writer.ok("check", "--read-data");
    }
}
