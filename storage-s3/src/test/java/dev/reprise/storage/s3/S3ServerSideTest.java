package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.storage.setup.Purpose;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.setup.Setup;
import dev.reprise.storage.setup.Setup.Form;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.PlaceSettings.RateLimits;
import dev.reprise.storage.url.Transport;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/// What is to be set at a bucket, read back by a parser.
class S3ServerSideTest {
    private static final String AMAZON = "s3.eu-central-1.amazonaws.com/";

    private static Setup setup(String address, Map<String, String> options, Purpose purpose) {
        var settings = new PlaceSettings(
                Map.of(),
                Path.of("/"),
                options,
                Transport.DEFAULT,
                RateLimits.NONE,
                InstantSource.fixed(Instant.EPOCH));
        try (var place = new S3Place().open(address, settings)) {
            return Objects.requireNonNull(place.capability(ServerSide.class)).setup(purpose);
        }
    }

    private static JsonNode policy(String address, Map<String, String> options, Purpose purpose) {
        return JsonNode.parser()
                .parse(setup(address, options, purpose).parts().stream()
                        .filter(part -> part.form() == Form.POLICY)
                        .map(Setup.Part::text)
                        .collect(Collectors.joining()));
    }

    /// `action on resource`, of everything that is allowed.
    private static List<String> rights(JsonNode policy) {
        assertThat(policy.field("Version").orElseThrow().text()).isEqualTo("2012-10-17");
        return policy.field("Statement").orElseThrow().asArray().stream()
                .peek(one ->
                        assertThat(one.field("Effect").orElseThrow().text()).isEqualTo("Allow"))
                .flatMap(one -> one.field("Action").orElseThrow().asArray().stream()
                        .flatMap(action -> one.field("Resource").orElseThrow().asArray().stream()
                                .map(resource -> action.text() + " on " + resource.text())))
                .toList();
    }

    private static String commands(Setup setup) {
        return setup.parts().stream()
                .filter(part -> part.form() == Form.COMMANDS)
                .map(Setup.Part::text)
                .collect(Collectors.joining("\n"));
    }

    @Test
    void a_backup_may_add_and_remove_what_passes() {
        assertThat(rights(policy(AMAZON + "shop/production", Map.of(), Purpose.BACKUP)))
                .containsExactly(
                        "s3:ListBucket on arn:aws:s3:::shop",
                        "s3:GetObject on arn:aws:s3:::shop/production/*",
                        "s3:PutObject on arn:aws:s3:::shop/production/*",
                        "s3:AbortMultipartUpload on arn:aws:s3:::shop/production/*",
                        "s3:DeleteObject on arn:aws:s3:::shop/production/locks/*",
                        "s3:DeleteObject on arn:aws:s3:::shop/production/reprise/partial/*");
    }

    @Test
    void listings_are_allowed_below_the_prefix_only() {
        assertThat(policy(AMAZON + "shop/production", Map.of(), Purpose.BACKUP).toString())
                .contains("\"s3:prefix\": \"production/*\"");
        assertThat(policy(AMAZON + "shop", Map.of(), Purpose.BACKUP).toString()).doesNotContain("Condition");
    }

    @Test
    void a_restore_only_reads_and_a_prune_removes() {
        assertThat(rights(policy(AMAZON + "shop", Map.of(), Purpose.RESTORE)))
                .containsExactly("s3:ListBucket on arn:aws:s3:::shop", "s3:GetObject on arn:aws:s3:::shop/*");
        assertThat(rights(policy(AMAZON + "shop", Map.of(), Purpose.PRUNE)))
                .contains("s3:DeleteObject on arn:aws:s3:::shop/*")
                .hasSize(5);
    }

    @Test
    void object_lock_adds_what_sets_and_reads_retention_and_nothing_that_ends_it() {
        Map<String, String> lock = Map.of("s3.object-lock", "governance", "s3.retain-days", "30");
        assertThat(rights(policy(AMAZON + "shop", lock, Purpose.BACKUP)))
                .contains(
                        "s3:PutObjectRetention on arn:aws:s3:::shop/*",
                        "s3:GetObjectRetention on arn:aws:s3:::shop/*",
                        "s3:GetObjectVersion on arn:aws:s3:::shop/*")
                .noneMatch(right -> right.contains("Bypass") || right.contains("DeleteObjectVersion"));
        assertThat(commands(setup(AMAZON + "shop", lock, Purpose.BACKUP)))
                .contains("aws s3api put-object-lock-configuration --bucket shop");
    }

    @ParameterizedTest
    @EnumSource(Purpose.class)
    void nobody_may_change_the_bucket_itself(Purpose purpose) {
        assertThat(rights(policy(AMAZON + "shop/production", Map.of(), purpose)))
                .noneMatch(right -> right.startsWith("s3:PutBucket")
                        || right.startsWith("s3:PutLifecycle")
                        || right.contains("s3:* ")
                        || right.contains("Version")
                        || right.contains("Acl"));
    }

    @Test
    void a_key_of_ones_own_is_allowed_to_encrypt_with() {
        String key = "arn:aws:kms:eu-central-1:123456789012:key/ab-cd";
        assertThat(rights(policy(AMAZON + "shop", Map.of("s3.sse", "aws:kms:" + key), Purpose.BACKUP)))
                .contains("kms:GenerateDataKey on " + key, "kms:Decrypt on " + key);
        JsonNode alias = policy(AMAZON + "shop", Map.of("s3.sse", "aws:kms:alias/backup"), Purpose.RESTORE);
        assertThat(rights(alias)).contains("kms:Decrypt on *").noneMatch(right -> right.contains("GenerateDataKey"));
        assertThat(alias.toString()).contains("\"kms:ResourceAliases\": \"alias/backup\"");
    }

    @Test
    void names_with_meanings_of_their_own_mean_themselves() {
        assertThat(rights(policy(AMAZON + "shop/a*b$c\"d", Map.of(), Purpose.RESTORE)))
                .contains("s3:GetObject on arn:aws:s3:::shop/a${*}b${$}c\"d/*");
    }

    @Test
    void clouds_that_share_nothing_have_their_own_names() {
        assertThat(rights(policy("s3.cn-north-1.amazonaws.com.cn/shop", Map.of(), Purpose.RESTORE)))
                .contains("s3:GetObject on arn:aws-cn:s3:::shop/*");
        assertThat(rights(policy("s3.us-gov-west-1.amazonaws.com/shop", Map.of(), Purpose.RESTORE)))
                .contains("s3:GetObject on arn:aws-us-gov:s3:::shop/*");
    }

    @Test
    void commands_set_encryption_versions_and_public_access() {
        assertThat(commands(setup(AMAZON + "shop/production", Map.of(), Purpose.BACKUP)))
                .contains(
                        "aws s3api put-public-access-block --bucket shop ",
                        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
                        "aws s3api put-bucket-encryption --bucket shop ",
                        "{\"SSEAlgorithm\":\"AES256\"}",
                        "aws s3api put-bucket-versioning --bucket shop --versioning-configuration Status=Enabled",
                        "\"Filter\":{\"Prefix\":\"production/\"}");
        assertThat(commands(setup("http://minio.local:9000/shop", Map.of("s3.sse", "aws:kms"), Purpose.BACKUP)))
                .contains("aws --endpoint-url http://minio.local:9000 s3api put-bucket-encryption --bucket shop ")
                .contains("{\"SSEAlgorithm\":\"aws:kms\"},\"BucketKeyEnabled\":true");
    }

    /// Everything in single quotes is a document: a shell would hand it over as it is.
    @Test
    void documents_within_commands_are_whole() {
        String commands = commands(setup(AMAZON + "shop/it's", Map.of("s3.sse", "AES256"), Purpose.PRUNE));
        List<String> documents = java.util.regex.Pattern.compile("'(\\{(?:[^']|'\\\\'')*})'")
                .matcher(commands)
                .results()
                .map(found -> found.group(1).replace("'\\''", "'"))
                .toList();
        assertThat(documents)
                .hasSize(3)
                .allSatisfy(text ->
                        assertThat(JsonNode.parser().parse(text).isObject()).isTrue());
        assertThat(documents.get(1)).contains("StringNotEqualsIfExists", "aws:SecureTransport");
    }

    @Test
    void stores_without_policies_get_their_own_words() {
        assertThat(commands(setup("s3.us-west-004.backblazeb2.com/shop/p", Map.of(), Purpose.BACKUP)))
                .contains("b2 key create --bucket shop --name-prefix p/ reprise-backup "
                        + "listBuckets,listFiles,readFiles,writeFiles\n");
        assertThat(commands(setup("https://garage.local/shop", Map.of("s3.provider", "garage"), Purpose.RESTORE)))
                .contains("garage bucket allow --read shop --key KEY");
    }
}
