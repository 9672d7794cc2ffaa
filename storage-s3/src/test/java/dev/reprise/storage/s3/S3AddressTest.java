package dev.reprise.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.url.StorageUrlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3AddressTest {
    @ParameterizedTest(name = "s3:{0}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            s3.amazonaws.com/bucket                     | s3:s3.amazonaws.com/bucket              | ''
            //s3.amazonaws.com/bucket                   | s3:s3.amazonaws.com/bucket              | ''
            s3.amazonaws.com/bucket/                    | s3:s3.amazonaws.com/bucket              | ''
            host:9000/bucket/a/b                        | s3:https://host:9000/bucket/a/b         | a/b
            //Host/bucket/a//b/./c/../d/                | s3:host/bucket/a/b/d                    | a/b/d
            https://host/bucket/a%20b                   | s3:host/bucket/a b                      | a b
            host/bucket/a%20b                           | s3:host/bucket/a%20b                    | a%20b
            http://127.0.0.1:9000/bucket                | s3:http://127.0.0.1:9000/bucket         | ''
            http://[::1]:9000/bucket/x                  | s3:http://[::1]:9000/bucket/x           | x
            """)
    void every_form_of_restics_urls_names_host_bucket_and_prefix(String address, String location, String prefix) {
        S3Address parsed = S3Address.parse(address);
        assertThat(parsed.location()).isEqualTo(location);
        assertThat(parsed.prefix()).isEqualTo(prefix);
        assertThat(parsed.bucket()).isEqualTo("bucket");
    }

    @ParameterizedTest(name = "s3:{0}")
    @ValueSource(
            strings = {
                "",
                "/",
                "//",
                "host",
                "host/",
                "http://host",
                "http://host/",
                "http:///bucket",
                "https://",
                "host/bucket/../../other",
                "https://host/bucket?versionId=7",
                "ho st/bucket",
                "https://host:port/bucket"
            })
    void what_names_no_host_or_no_bucket_is_refused_with_an_example(String address) {
        assertThatThrownBy(() -> S3Address.parse(address))
                .isInstanceOfSatisfying(
                        StorageUrlException.class,
                        refused -> assertThat(refused.hint()).contains("s3:https://host/bucket/prefix"));
    }

    @ParameterizedTest(name = "s3:{0}")
    @ValueSource(
            strings = {"https://AKIA:geheim@host/bucket", "AKIA:geheim@host/bucket", "https://AKIA:geheim@h st/bucket"})
    void a_secret_in_the_url_is_refused_and_never_repeated(String address) {
        assertThatThrownBy(() -> S3Address.parse(address))
                .isInstanceOf(StorageUrlException.class)
                .hasMessageNotContaining("geheim")
                .hasMessageNotContaining("AKIA")
                .hasNoCause();
    }

    @Test
    void keys_lie_below_the_prefix() {
        assertThat(S3Address.parse("host/bucket").key("config")).isEqualTo("config");
        assertThat(S3Address.parse("host/bucket/a/b").key("data/ab/cd")).isEqualTo("a/b/data/ab/cd");
    }
}
