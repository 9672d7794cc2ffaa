package dev.reprise.storage.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.storage.azure.Ask.Content;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;

/// Strings as the vendor's page "Authorize with Shared Key" shows them. That page hides its key, so the signature is
/// one of the key every Azurite has, reckoned with Python's hmac.
class SharedKeyTest {
    private static final SharedKey KEY = SharedKey.of("myaccount", Opening.KEY);

    private static Ask metadataOfContainer() {
        return new Ask("GET", "/mycontainer")
                .query("restype", "container")
                .query("timeout", "20")
                .query("comp", "metadata")
                .header("x-ms-version", "2015-02-21")
                .header("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT");
    }

    @Test
    void a_request_for_metadata_is_signed_as_the_vendor_shows() {
        assertThat(KEY.stringToSign(metadataOfContainer()))
                .isEqualTo(
                        "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
                                + "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20");
        assertThat(KEY.authorization(metadataOfContainer()))
                .isEqualTo("SharedKey myaccount:1u9lui2jDxj0+fpbHjQ5m5NnastJRSYM+PSmfi8TXx4=");
    }

    @Test
    void length_digest_condition_and_range_have_their_lines_and_no_length_is_empty() {
        Ask put = new Ask("PUT", "/c/a%20b")
                .with(new Content(11, () -> new ByteArrayInputStream(new byte[11])))
                .header("content-md5", "digest==")
                .header("if-none-match", "*")
                .header("range", "bytes=0-1")
                .header("x-ms-blob-type", "BlockBlob");
        assertThat(KEY.stringToSign(put))
                .isEqualTo(
                        "PUT\n\n\n11\ndigest==\n\n\n\n\n*\n\nbytes=0-1\nx-ms-blob-type:BlockBlob\n/myaccount/c/a%20b");
        assertThat(KEY.stringToSign(new Ask("PUT", "/c"))).isEqualTo("PUT\n\n\n\n\n\n\n\n\n\n\n\n/myaccount/c");
    }

    @Test
    void nothing_shows_the_key() {
        assertThat(KEY).hasToString("the account's key");
        assertThat(SharedAccessSignature.of("sig=x")).hasToString("a shared access signature");
    }
}
