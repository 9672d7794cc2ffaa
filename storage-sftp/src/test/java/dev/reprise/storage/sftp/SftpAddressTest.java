package dev.reprise.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.url.StorageUrlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Addresses as restic's documentation and its own tests have them.
class SftpAddressTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            user@host:dir/subdir             | user     | host       | -     | dir/subdir
            host:/srv/restic                 | -        | host       | -     | /srv/restic
            user@domain@host:/dir            | user@domain | host    | -     | /dir
            host:dir/../x//y/.               | -        | host       | -     | x/y
            host:                            | -        | host       | -     | .
            [fe80::1]:/dir                   | -        | fe80::1    | -     | /dir
            //user@host/dir/subdir           | user     | host       | -     | dir/subdir
            //host//dir/subdir               | -        | host       | -     | /dir/subdir
            //host:10022//dir/subdir         | -        | host       | 10022 | /dir/subdir
            //user@[::1]:10022/dir/subdir    | user     | ::1        | 10022 | dir/subdir
            //user@[::1]:10022//a%20b        | user     | ::1        | 10022 | /a b
            //a%40b:ignored@host/../x+y      | a@b      | host       | -     | ../x+y
            """)
    void an_address_has_these_parts(String address, String user, String host, String port, String path) {
        String noUser = user == null ? "" : user;
        String noPort = port == null ? "" : port;
        assertThat(SftpAddress.parse(address)).isEqualTo(new SftpAddress(noUser, host, noPort, path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user@host",
                "",
                ":/dir",
                "//host",
                "//:secret@/dir",
                "//host:port/dir",
                "-oProxyCommand=touch${IFS}x:/dir",
                "//-oProxyCommand=x/dir",
                "host:~/backup",
                "//host/%zz"
            })
    void what_names_no_place_is_refused(String address) {
        assertThatThrownBy(() -> SftpAddress.parse(address))
                .isInstanceOf(StorageUrlException.class)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            user@host:/dir               | sftp:user@host:/dir
            //u:secret@[::1]:22//dir     | sftp://u@[::1]:22//dir
            //host:22/dir                | sftp://host:22/dir
            """)
    void a_location_can_be_used_again_and_holds_no_password(String address, String location) {
        SftpAddress parsed = SftpAddress.parse(address);
        assertThat(parsed.location()).isEqualTo(location);
        assertThat(SftpAddress.parse(location.substring("sftp:".length()))).isEqualTo(parsed);
    }

    @Test
    void objects_lie_below_the_path() {
        assertThat(SftpAddress.parse("host:/").resolve("config")).isEqualTo("/config");
        assertThat(SftpAddress.parse("host:").resolve("keys")).isEqualTo("keys");
        assertThat(SftpAddress.parse("host:a/b").resolve("keys")).isEqualTo("a/b/keys");
    }

    /// What restic makes of them, backslash rules included.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            -p 22 -i key                    | -p;22;-i;key
            `  a   "b c"  'd "e'`           | a;b c;d "e
            a"b c"d                         | a;b c;d
            "a\\"b"                         | a\\"b
            a\\ b                           | a;b
            """)
    void options_are_split_as_restic_splits_them(String text, String words) {
        assertThat(ShellWords.split("sftp.args", text)).containsExactly(words.split(";", -1));
    }

    @Test
    void an_open_quote_is_refused() {
        assertThatThrownBy(() -> ShellWords.split("sftp.args", "-i 'key")).hasMessageContaining("sftp.args");
    }
}
