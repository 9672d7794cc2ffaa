package dev.reprise.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtpasswdFileTest {
    private static final String EMPTY = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
    private static final String A = "$2a$05$abcdefghijklmnopqrstuu8.veTXNDPV2eEsdpKNczMw2otgh5LnK";
    private static final String SHA_OF_PASSWORD = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=";

    @TempDir
    private Path folder;

    private final List<String> log = new ArrayList<>();
    private long now = 1;

    private HtpasswdFile open(String content) throws Exception {
        Path file = folder.resolve("users");
        Files.writeString(file, content);
        return new HtpasswdFile(file, new SecureRandom(), () -> now, log::add);
    }

    @Test
    void users_with_bcrypt_and_sha_passwords_are_let_in() throws Exception {
        HtpasswdFile users = open("# people\nann:" + A + "\r\n\nbob:" + SHA_OF_PASSWORD + "\nzoë:" + A + "\n");
        assertThat(users.accepts("ann", "a", "1.2.3.4")).isTrue();
        assertThat(users.accepts("ann", "b", "1.2.3.4")).isFalse();
        assertThat(users.accepts("bob", "password", "1.2.3.4")).isTrue();
        assertThat(users.accepts("bob", "a", "1.2.3.4")).isFalse();
        assertThat(users.accepts("zoë", "a", "1.2.3.4")).isTrue();
        assertThat(users.accepts("eve", "a", "1.2.3.4")).isFalse();
        assertThat(users.accepts("", "", "1.2.3.4")).isFalse();
    }

    @Test
    void a_right_password_does_not_make_a_wrong_one_right() throws Exception {
        HtpasswdFile users = open("ann:" + A);
        for (int i = 0; i < 3; i++) {
            assertThat(users.accepts("ann", "a", "c")).isTrue();
            assertThat(users.accepts("ann", "aa", "c")).isFalse();
            now += 100_000_000_000L;
        }
    }

    @Test
    void kinds_that_are_too_weak_or_unknown_lock_their_user_out_by_name() throws Exception {
        HtpasswdFile users = open("old:$apr1$iDdS5Ycl$wMkIgdRpnLoJCLPBn0C1u0\nplain:a\n../up:" + A + "\n.hidden:" + A);
        assertThat(users.accepts("old", "myPassword", "c")).isFalse();
        assertThat(users.accepts("plain", "a", "c")).isFalse();
        assertThat(users.accepts("../up", "a", "c")).isFalse();
        assertThat(users.accepts(".hidden", "a", "c")).isFalse();
        assertThat(log)
                .anyMatch(line -> line.contains("old") && line.contains("MD5"))
                .anyMatch(line -> line.contains("plain"))
                .anyMatch(line -> line.contains("../up"))
                .noneMatch(line -> line.contains("wMkIgdRpn"));
    }

    @Test
    void a_file_that_changed_is_read_again_within_a_second_and_forgets_old_passwords() throws Exception {
        HtpasswdFile users = open("ann:" + A);
        assertThat(users.accepts("ann", "a", "c")).isTrue();
        Files.writeString(folder.resolve("users"), "ann:" + EMPTY + "\nbob:" + SHA_OF_PASSWORD + "\n");
        now += 2_000_000_000L;
        assertThat(users.accepts("ann", "a", "c")).isFalse();
        assertThat(users.accepts("ann", "x".repeat(72), "c")).isTrue();
        assertThat(users.accepts("bob", "password", "c")).isTrue();
        Files.delete(folder.resolve("users"));
        now += 2_000_000_000L;
        assertThat(users.accepts("bob", "password", "c")).isTrue();
        assertThat(log).anyMatch(line -> line.contains("could not be read again"));
    }

    @Test
    void without_a_file_there_is_no_server() {
        assertThatThrownBy(() -> new HtpasswdFile(folder.resolve("none"), new SecureRandom(), () -> now, log::add))
                .isInstanceOf(ServeException.class)
                .hasMessageContaining("does not exist");
    }
}
