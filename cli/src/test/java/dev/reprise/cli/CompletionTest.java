package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.CommandLineFixture.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
    @TempDir
    private Path directory;

    private String bash(String... arguments) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(arguments).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void the_script_for_bash_is_bash_and_completes() throws IOException, InterruptedException {
        Result result = new CommandLineFixture(directory).run("completion", "bash");
        assertThat(result.status()).isZero();
        Path script = Files.writeString(directory.resolve("reprise.bash"), result.out());
        bash("bash", "-n", script.toString());
        assertThat(bash(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_WORDS=(reprise config ch); COMP_CWORD=2;"
                                + " _complete_reprise; echo \"${COMPREPLY[@]}\""))
                .isEqualTo("check\n");
    }

    @Test
    void the_script_for_fish_knows_every_command_and_option() {
        String script =
                new CommandLineFixture(directory).run("completion", "fish").out();
        assertThat(script)
                .contains("complete -c reprise -n '__reprise_at' -a init -d 'Write a configuration")
                .contains("complete -c reprise -n '__reprise_at config' -a check -d 'Tell whether")
                .contains("complete -c reprise -n '__reprise_at config check' -s c -l config -r -F -d ")
                .doesNotContain("-a man");
    }

    @Test
    void an_unknown_shell_is_refused() {
        Result result = new CommandLineFixture(directory).run("completion", "tcsh");
        assertThat(result.status()).isEqualTo(20);
        assertThat(result.err()).startsWith("error: invalid value for positional parameter at index 0 (SHELL)");
    }

    @Test
    void manual_pages_are_written_for_every_command() throws IOException {
        assertThat(new CommandLineFixture(directory).run("man", "man").status()).isZero();
        assertThat(directory.resolve("man/reprise.1")).content().contains("reprise\\-init(1)");
        assertThat(directory.resolve("man/reprise-config-check.1"))
                .content()
                .startsWith(".TH \"REPRISE-CONFIG-CHECK\" 1\n.SH NAME\nreprise\\-config\\-check \\- tell whether")
                .contains(".SH EXIT STATUS\n.TP\n\\fB0\\fR\nright, perhaps with warnings\n");
    }
}
