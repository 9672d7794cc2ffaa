package dev.reprise.storage.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.azure.ListPage.Blob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Documents are as "List Blobs" describes them.
class ListPageTest {
    private static ListPage parse(String document) throws IOException {
        return ListPage.parse(document.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void names_sizes_and_the_next_page_are_read_and_all_else_is_passed_over() throws IOException {
        assertThat(parse("""
                \ufeff<?xml version="1.0" encoding="utf-8"?>
                <EnumerationResults ServiceEndpoint="https://a.blob.core.windows.net/" ContainerName="c">
                  <Prefix>keys/</Prefix><MaxResults>2</MaxResults>
                  <Blobs>
                    <Blob><Name>keys/a&amp;b</Name><Properties><Content-Length>7</Content-Length>
                      <AccessTier>Hot</AccessTier></Properties><Metadata><Name>x</Name></Metadata></Blob>
                    <BlobPrefix><Name>keys/p/</Name></BlobPrefix>
                    <Blob><Name>keys/c</Name><Properties><Content-Length>5000000000</Content-Length></Properties></Blob>
                  </Blobs>
                  <NextMarker>2!72!x</NextMarker>
                </EnumerationResults>""")).satisfies(page -> {
            assertThat(page.blobs()).containsExactly(new Blob("keys/a&b", 7), new Blob("keys/c", 5_000_000_000L));
            assertThat(page.next()).isEqualTo("2!72!x");
        });
        assertThat(parse("<EnumerationResults><Blobs /><NextMarker /></EnumerationResults>"))
                .isEqualTo(new ListPage(java.util.List.of(), ""));
    }

    /// None of these may pass for an empty listing.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html><body>Log in</body></html>",
                "<EnumerationResults><Blobs>",
                "<EnumerationResults><Blobs><Blob><Name>n</Name></Blob></Blobs></EnumerationResults>",
                "<EnumerationResults><Blobs><Blob><Name>n</Name><Properties><Content-Length>-1</Content-Length>"
                        + "</Properties></Blob></Blobs></EnumerationResults>",
                "<EnumerationResults><Blobs><Blob><Properties><Content-Length>1</Content-Length></Properties></Blob>"
                        + "</Blobs></EnumerationResults>",
                "<!DOCTYPE EnumerationResults [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
                        + "<EnumerationResults><Blobs /></EnumerationResults>",
                "<!DOCTYPE r [<!ENTITY a \"aaaa\">]><EnumerationResults>&a;</EnumerationResults>",
                "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a></a></a></a></a></a>"
                        + "</a></a></a></a>"
            })
    void what_is_no_whole_listing_is_no_listing(String document) {
        assertThatThrownBy(() -> parse(document)).isInstanceOf(IOException.class);
    }
}
