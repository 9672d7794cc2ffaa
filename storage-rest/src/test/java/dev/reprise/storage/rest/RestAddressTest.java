package dev.reprise.storage.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.url.StorageUrlException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestAddressTest {
    private static RestAddress parse(String address) {
        return RestAddress.parse(address, "", "");
    }

    @ParameterizedTest
    @CsvSource({
        "http://h, http://h/, 80, /",
        "http://h:8000, http://h:8000/, 8000, /",
        "https://h/a/b, https://h/a/b/, 443, /a/b/",
        "https://h:443/a/, https://h/a/, 443, /a/",
        "http://[::1]:8000/a, http://[::1]:8000/a/, 8000, /a/",
        "http://h:/a, http://h/a/, 80, /a/",
        "http://h/a b/ä%20c, http://h/a%20b/%C3%A4%20c/, 80, /a%20b/%C3%A4%20c/"
    })
    void an_address_names_host_port_and_path(String address, String location, int port, String path) {
        RestAddress parsed = parse(address);
        assertThat(parsed.location()).isEqualTo("rest:" + location);
        assertThat(parsed.port()).isEqualTo(port);
        assertThat(parsed.path()).isEqualTo(path);
    }

    @Test
    void credentials_come_from_the_address_first_and_are_never_shown() {
        RestAddress parsed = RestAddress.parse("https://me%40x:p%3Aq%2F+r@h:1/a", "other", "word");
        assertThat(parsed.user()).isEqualTo("me@x");
        assertThat(parsed.password()).isEqualTo("p:q/+r");
        assertThat(parsed.host()).isEqualTo("h");
        assertThat(parsed + parsed.location())
                .doesNotContain("me")
                .doesNotContain("p:q")
                .doesNotContain("p%3A");
        RestAddress from = RestAddress.parse("https://h:1/a", "other", "word");
        assertThat(from.user() + from.password()).isEqualTo("otherword");
        assertThat(RestAddress.parse("http://me@h/", "other", "word").password())
                .isEmpty();
    }

    @Test
    void a_unix_socket_stands_before_the_colon() {
        RestAddress parsed = parse("http+unix:///run/rest.sock:/a/b");
        assertThat(parsed.socket()).isEqualTo(Path.of("/run/rest.sock"));
        assertThat(parsed.path()).isEqualTo("/a/b/");
        assertThat(parsed.location()).isEqualTo("rest:http+unix:///run/rest.sock:/a/b/");
        assertThat(parse("http+unix:///run/rest.sock").path()).isEqualTo("/");
        assertThat(parse("http+unix://u:p@/run/rest.sock:/").user()).isEqualTo("u");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "h:8000/",
                "ftp://h/",
                "http://",
                "http:///a",
                "http://u:secret@/a",
                "http://u:sec/ret@h/",
                "http://u:secret%@h/",
                "http://h:0/",
                "http://h:70000/",
                "http://h:x/secret",
                "http://h/a?secret=1",
                "http://h/a#b",
                "http+unix://h/run/sock",
                "https+unix:///run/sock:/",
                "http://h\r\nX: secret/"
            })
    void what_names_no_place_is_refused_without_repeating_it(String address) {
        assertThatThrownBy(() -> parse(address))
                .isInstanceOf(StorageUrlException.class)
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("sec/ret");
    }

    @Test
    void proxies_are_read_from_the_environment_as_go_reads_them() {
        Map<String, String> both = Map.of(
                "HTTPS_PROXY", "http://u:p@proxy:3128", "http_proxy", "other:80", "NO_PROXY", "a.example,.b.example");
        assertThat(String.valueOf(WebProxy.of(both, parse("https://h/")))).isEqualTo("proxy:3128");
        assertThat(WebProxy.of(both, parse("https://h/")))
                .isNotNull()
                .extracting(WebProxy::authorization)
                .isEqualTo("Basic dTpw");
        assertThat(String.valueOf(WebProxy.of(both, parse("http://h/")))).isEqualTo("other:80");
        for (String direct : new String[] {"a.example", "x.a.example", "x.b.example", "localhost", "127.0.0.1"}) {
            assertThat(WebProxy.of(both, parse("https://" + direct + "/")))
                    .as(direct)
                    .isNull();
        }
        assertThat(WebProxy.of(both, parse("https://b.example/"))).isNotNull();
        assertThat(WebProxy.of(both, parse("https://rest_server:8000/"))).isNotNull();
        assertThat(WebProxy.of(both, parse("https://xa.example/"))).isNotNull();
        assertThat(WebProxy.of(Map.of(), parse("https://h/"))).isNull();
    }
}
