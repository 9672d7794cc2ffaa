package dev.reprise.storage.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.url.StorageUrlException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyRulesTest {
    private static boolean direct(String exceptions, String server) {
        var rules = new ProxyRules(Map.of("HTTPS_PROXY", "http://proxy:3128", "no_proxy", exceptions));
        return rules.proxyFor(URI.create(server)).isEmpty();
    }

    @Test
    void each_scheme_has_its_own_proxy() {
        var rules = new ProxyRules(Map.of("http_proxy", "plain:8080", "HTTPS_PROXY", "http://u:p@secure:3128"));
        assertThat(rules.proxyFor(URI.create("http://host"))).contains(URI.create("http://plain:8080"));
        assertThat(rules.proxyFor(URI.create("https://host"))).contains(URI.create("http://u:p@secure:3128"));
        var noPort = new ProxyRules(Map.of("HTTP_PROXY", "http://u:p@plain"));
        assertThat(noPort.proxyFor(URI.create("http://host"))).contains(URI.create("http://u:p@plain:80"));
        assertThat(new ProxyRules(Map.of()).proxyFor(URI.create("https://host")))
                .isEmpty();
    }

    @ParameterizedTest(name = "NO_PROXY={0} {1}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            *                 | https://host              | true
            example.com       | https://example.com       | true
            example.com       | https://s3.example.com    | true
            example.com       | https://badexample.com    | false
            .example.com      | https://s3.example.com    | true
            .example.com      | https://example.com       | false
            a.com, b.com      | https://b.com             | true
            b.com:9000        | https://b.com             | false
            b.com:443         | https://b.com             | true
            10.0.0.0/8        | https://10.1.2.3          | true
            10.0.0.0/8        | https://11.1.2.3          | false
            10.0.0.0/8        | https://ten.example       | false
            192.168.7.9       | https://192.168.7.9       | true
            other             | https://localhost:9000    | true
            other             | https://127.0.0.3         | true
            other             | https://[::1]             | true
            other             | https://169.254.169.254   | true
            other             | https://127.example       | false
            """)
    void exceptions_are_names_domains_ports_and_networks(String exceptions, String server, boolean direct) {
        assertThat(direct(exceptions, server)).isEqualTo(direct);
    }

    @Test
    void a_proxy_that_is_no_url_is_refused_without_repeating_its_password() {
        var rules = new ProxyRules(Map.of("HTTPS_PROXY", "socks5://me:geheim@proxy"));
        assertThatThrownBy(() -> rules.proxyFor(URI.create("https://host")))
                .isInstanceOf(StorageUrlException.class)
                .hasMessageContaining("HTTPS_PROXY")
                .hasMessageNotContaining("geheim");
    }
}
