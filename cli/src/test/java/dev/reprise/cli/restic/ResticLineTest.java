package dev.reprise.cli.restic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResticLineTest {
    private static ResticLine line(String text) {
        return ResticLine.of(ResticVerbs.standard(), text.isEmpty() ? List.of() : Arrays.asList(text.split(" ", -1)));
    }

    @Test
    void flags_before_the_verb_go_behind_it() {
        assertThat(line("-r /srv/repo --json unlock --remove-all"))
                .isEqualTo(new ResticLine.Run("unlock", List.of("-r", "/srv/repo", "--json", "--remove-all")));
    }

    @Test
    void a_value_that_is_a_verb_is_a_value() {
        assertThat(line("--repo unlock version")).isEqualTo(new ResticLine.Run("version", List.of("--repo", "unlock")));
        assertThat(line("--repo=unlock version")).isEqualTo(new ResticLine.Run("version", List.of("--repo=unlock")));
    }

    @Test
    void a_counted_flag_is_repeated() {
        assertThat(line("unlock --verbose=2")).isEqualTo(new ResticLine.Run("unlock", List.of("-v", "-v")));
        assertThat(line("unlock --verbose=0")).isEqualTo(new ResticLine.Run("unlock", List.of()));
        assertThat(line("unlock -v=2")).isEqualTo(new ResticLine.Run("unlock", List.of("-v", "-v")));
        assertThatThrownBy(() -> line("unlock --verbose=many"))
                .hasMessage("invalid argument \"many\" for \"-v, --verbose\" flag: not a number from 0 to 9");
    }

    @Test
    void behind_two_dashes_words_stay_as_they_are() {
        assertThat(line("unlock -- --verbose=2")).isEqualTo(new ResticLine.Run("unlock", List.of("--", "--verbose=2")));
    }

    @Test
    void without_a_verb_there_is_an_overview() {
        assertThat(line("")).isEqualTo(new ResticLine.Overview());
        assertThat(line("help")).isEqualTo(new ResticLine.Overview());
        assertThat(line("-r x")).isEqualTo(new ResticLine.Overview());
        assertThat(line("help unlock")).isEqualTo(new ResticLine.Run("unlock", List.of("--help")));
    }

    @Test
    void a_group_alone_asks_for_its_verbs() {
        assertThat(line("key")).isEqualTo(new ResticLine.Group("key"));
        assertThat(line("repair --help")).isEqualTo(new ResticLine.Group("repair"));
        assertThat(line("key list")).isEqualTo(new ResticLine.Run("key list", List.of()));
    }

    @Test
    void an_unknown_verb_is_refused() {
        assertThatThrownBy(() -> line("backpu")).hasMessage("unknown command \"backpu\" for \"restic\"");
    }
}
