package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.url.PlaceKind.PlaceOption;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.StorageUrlException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3OptionsTest {
    private static S3Options options(String address, Map<String, String> options, Map<String, String> variables) {
        var bare = new PlaceSettings(variables, Path.of("/tmp"), InstantSource.system());
        return S3Options.of(
                S3Address.parse(address),
                new PlaceSettings(
                        variables, bare.workingDirectory(), options, bare.transport(), bare.limits(), bare.clock()));
    }

    private static S3Options options(String address, Map<String, String> options) {
        return options(address, options, Map.of());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            s3.amazonaws.com                         | AWS      | us-east-1    | false
            s3.eu-central-1.amazonaws.com            | AWS      | eu-central-1 | false
            s3-eu-west-1.amazonaws.com               | AWS      | eu-west-1    | false
            s3.dualstack.us-west-2.amazonaws.com     | AWS      | us-west-2    | false
            s3.cn-north-1.amazonaws.com.cn           | AWS      | cn-north-1   | false
            s3.us-gov-west-1.amazonaws.com           | AWS      | us-gov-west-1 | false
            fsn1.your-objectstorage.com              | HETZNER  | fsn1         | true
            s3.gra.io.cloud.ovh.net                  | OVH      | gra          | true
            s3.rbx.perf.cloud.ovh.net                | OVH      | rbx          | true
            s3.us-west-004.backblazeb2.com           | B2       | us-west-004  | true
            s3.fr-par.scw.cloud                      | SCALEWAY | fr-par       | true
            0a1b2c.r2.cloudflarestorage.com          | R2       | auto         | true
            minio.example.com                        | OTHER    | us-east-1    | true
            amazonaws.com.example.com                | OTHER    | us-east-1    | true
            """)
    void a_host_tells_provider_region_and_style_where_that_is_certain(
            String host, String provider, String region, boolean pathStyle) {
        S3Options known = options(host + "/bucket", Map.of());
        assertThat(known.provider()).hasToString(provider);
        assertThat(known.region()).isEqualTo(region);
        assertThat(known.pathStyle()).isEqualTo(pathStyle);
    }

    @Test
    void a_region_is_what_the_option_says_then_the_host_then_the_environment() {
        var variables = Map.of("AWS_REGION", "first", "AWS_DEFAULT_REGION", "second");
        String amazon = "s3.eu-west-1.amazonaws.com/b";
        assertThat(options(amazon, Map.of("s3.region", "mine"), variables).region())
                .isEqualTo("mine");
        assertThat(options(amazon, Map.of(), variables).region()).isEqualTo("eu-west-1");
        assertThat(options("host/b", Map.of(), variables).region()).isEqualTo("first");
        assertThat(options("host/b", Map.of(), Map.of("AWS_DEFAULT_REGION", "second"))
                        .region())
                .isEqualTo("second");
        assertThat(options("host/b", Map.of("s3.provider", "garage")).region()).isEqualTo("garage");
        assertThat(options("a.r2.cloudflarestorage.com/b", Map.of(), variables).region())
                .isEqualTo("auto");
    }

    @Test
    void an_archive_takes_nothing_but_contents_of_files() {
        S3Options archive = options("host/b", Map.of("s3.storage-class", "DEEP_ARCHIVE"));
        assertThat(archive.storageClass(true)).isEqualTo("DEEP_ARCHIVE");
        assertThat(archive.storageClass(false)).isNull();
        S3Options rare = options("host/b", Map.of("s3.storage-class", "STANDARD_IA"));
        assertThat(rare.storageClass(true)).isEqualTo("STANDARD_IA");
        assertThat(rare.storageClass(false)).isEqualTo("STANDARD_IA");
        assertThat(options("host/b", Map.of()).storageClass(true)).isNull();
    }

    @Test
    void encryption_may_name_a_key() {
        assertThat(options("host/b", Map.of("s3.sse", "AES256")).encryption())
                .isEqualTo(new S3Options.Encryption("AES256", null));
        assertThat(options("host/b", Map.of("s3.sse", "aws:kms:arn:aws:kms:eu:1:key/7"))
                        .encryption())
                .isEqualTo(new S3Options.Encryption("aws:kms", "arn:aws:kms:eu:1:key/7"));
    }

    @Test
    void objects_are_kept_for_days_in_one_of_two_modes() {
        var kept = options("host/b", Map.of("s3.object-lock", "compliance", "s3.retain-days", "30"));
        assertThat(kept.retention()).isEqualTo(new S3Options.Retention("COMPLIANCE", Duration.ofDays(30)));
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(delimiter = '|', textBlock = """
            s3.connections      | 1        | a number from 2 to 1000
            s3.bucket-lookup    | virtual  | auto, dns or path
            s3.provider         | amazon   | aws, minio, ceph
            s3.sse              | aes256   | AES256
            s3.object-lock      | forever  | compliance and governance
            s3.object-lock      | compliance | s3.retain-days=30
            s3.layout           | s3legacy | restic migrate s3_layout
            s3.restore-tier     | fast     | Expedited
            s3.restore-timeout  | tomorrow | 24h
            s3.retries          | many     | a number
            s3.list-objects-v1  | perhaps  | true or false
            """)
    void a_value_that_makes_no_sense_is_refused_with_those_that_do(String name, String value, String hint) {
        Map<String, String> given =
                hint.startsWith("compl") ? Map.of(name, value, "s3.retain-days", "1") : Map.of(name, value);
        assertThatThrownBy(() -> options("host/b", given))
                .isInstanceOfSatisfying(
                        StorageUrlException.class,
                        refused -> assertThat(refused.fact() + " " + refused.hint())
                                .contains(name, hint));
    }

    @Test
    void a_provider_without_object_lock_is_not_asked_for_it() {
        assertThatThrownBy(() -> options(
                        "a.r2.cloudflarestorage.com/b", Map.of("s3.object-lock", "compliance", "s3.retain-days", "3")))
                .isInstanceOf(StorageUrlException.class)
                .hasMessageContaining("no Object Lock");
    }

    /// As `restic options` of 0.19.1 prints them.
    @Test
    void every_option_of_restic_is_taken() {
        assertThat(new S3Place().options())
                .extracting(PlaceOption::name)
                .contains(
                        "s3.bucket-lookup",
                        "s3.connections",
                        "s3.enable-restore",
                        "s3.layout",
                        "s3.list-objects-v1",
                        "s3.region",
                        "s3.restore-days",
                        "s3.restore-tier",
                        "s3.restore-timeout",
                        "s3.retries",
                        "s3.storage-class",
                        "s3.unsafe-anonymous-auth");
    }
}
