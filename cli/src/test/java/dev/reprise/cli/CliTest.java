package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.CancelledException;
import dev.reprise.cli.CommandLineFixture.Result;
import dev.reprise.repository.model.RepositoryException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class CliTest {
    @TempDir
    private Path directory;

    /// Ends the way it is told to.
    @Command(name = "probe", header = "For tests.")
    static final class ProbeCommand implements Callable<Integer> {
        @Mixin
        private final GlobalOptions global;

        private final Callable<Integer> end;

        ProbeCommand(CommandContext context, Callable<Integer> end) {
            this.global = new GlobalOptions(context);
            this.end = end;
        }

        @Override
        public Integer call() throws Exception {
            global.output().result("config " + global.configFile() + (global.verbose() ? " verbose" : ""));
            return end.call();
        }
    }

    private Result probe(Callable<Integer> end, String... arguments) {
        var line = new CommandLineFixture(directory);
        line.commands = line.commands.with("probe", context -> new ProbeCommand(context, end));
        return line.run(arguments);
    }

    private Result run(String... arguments) {
        return new CommandLineFixture(directory).run(arguments);
    }

    @Test
    void version_prints_what_it_is() {
        Result result = run("version");
        assertThat(result.status()).isZero();
        assertThat(result.out()).matches("(?s)reprise 0\\.\\S+ \\(build \\S+\\)\nJava 25\\S*, .*versions 1 and 2\n");
        assertThat(result.err()).isEmpty();
        assertThat(run("--version").out()).isEqualTo(result.out());
        assertThat(run("version", "--json").out())
                .startsWith("{\"message_type\":\"version\",\"version\":\"0.")
                .endsWith("\"repository_formats\":[1,2]}\n");
    }

    @Test
    void nothing_and_help_list_the_commands() {
        Result result = run();
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("Usage: reprise [-hV] COMMAND", "  init ", "  config ", "  version ");
        assertThat(result.out()).doesNotContain("  man ");
        assertThat(run("help").out()).isEqualTo(result.out());
        assertThat(run("--help").out()).isEqualTo(result.out());
    }

    @Test
    void help_of_a_command_says_purpose_options_exit_statuses_and_examples() {
        String help = run("config", "check", "--help").out();
        assertThat(help)
                .startsWith("Tell whether the configuration is right.\n\nUsage: reprise config check [")
                .contains("Does not fetch secrets", "\nOptions:\n", "\nExit status:\n", "20   wrong", "\nExamples:\n");
        assertThat(run("help", "config", "check").out()).isEqualTo(help);
    }

    @Test
    void every_command_has_help_with_exit_statuses_and_examples() {
        for (CommandList.Entry entry : CommandList.standard().entries()) {
            assertThat(run("help", entry.name()).out()).as(entry.name()).contains("\nExamples:\n");
            for (CommandList.Entry child : entry.children()) {
                assertThat(run("help", entry.name(), child.name()).out())
                        .as(child.name())
                        .contains("\nExit status:\n", "\nExamples:\n");
            }
        }
    }

    @Test
    void an_unknown_command_names_the_nearest() {
        Result result = run("confg", "check");
        assertThat(result.status()).isEqualTo(20);
        assertThat(result.err()).isEqualTo("""
                error: there is no command "confg"
                hint:  did you mean "config"? run "reprise help" for the list
                """);
        assertThat(run("help", "nope").status()).isEqualTo(20);
    }

    @Test
    void a_wrong_option_is_an_error_before_anything_starts() {
        Result result = probe(
                () -> {
                    throw new IllegalStateException("started");
                },
                "probe",
                "--fast");
        assertThat(result.status()).isEqualTo(20);
        assertThat(result.err()).isEqualTo("""
                error: unknown option: '--fast'
                hint:  run "reprise probe --help" to see what is allowed
                """);
    }

    @Test
    void options_may_stand_before_the_command() {
        assertThat(probe(() -> 0, "-c", "x.yaml", "--verbose", "probe").out())
                .isEqualTo("config " + directory.resolve("x.yaml") + " verbose\n");
        assertThat(probe(() -> 0, "--config=x.yaml", "probe").out())
                .isEqualTo("config " + directory.resolve("x.yaml") + "\n");
    }

    @ParameterizedTest
    @CsvSource({"0", "3", "23"})
    void the_status_a_command_returns_is_the_exit_status(int status) {
        assertThat(probe(() -> status, "probe").status()).isEqualTo(status);
    }

    @Test
    void an_expected_failure_prints_fact_and_hint_and_has_its_own_status() {
        Result result = probe(
                () -> {
                    throw RepositoryException.absent("/srv/repo");
                },
                "probe");
        assertThat(result.status()).isEqualTo(10);
        assertThat(result.err()).isEqualTo("""
                error: there is no repository at /srv/repo
                hint:  check the location, or create it with "reprise init"
                """);
    }

    @Test
    void with_json_a_failure_is_one_object() {
        Result result = probe(
                () -> {
                    throw RepositoryException.absent("/srv/\"repo\"");
                },
                "probe",
                "--json");
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .isEqualTo("{\"message_type\":\"exit_error\",\"code\":10,\"message\":\"there is no repository at"
                        + " /srv/\\\"repo\\\"\",\"hint\":\"check the location, or create it with \\\"reprise"
                        + " init\\\"\"}\n");
    }

    @Test
    void an_interruption_ends_with_130() {
        assertThat(probe(
                                () -> {
                                    throw new CancelledException("interrupted while saving");
                                },
                                "probe")
                        .status())
                .isEqualTo(130);
        Result raw = probe(
                () -> {
                    throw new InterruptedException();
                },
                "probe");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(raw.status()).isEqualTo(130);
    }

    @Test
    void a_file_error_is_told_without_a_stack_trace() {
        Result result = probe(
                () -> {
                    throw new NoSuchFileException("/x");
                },
                "probe");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("error: there is no file /x\n");
        assertThat(probe(
                                () -> {
                                    throw new IOException("disk on fire");
                                },
                                "probe")
                        .err())
                .isEqualTo("error: disk on fire\n");
    }

    @Test
    void a_bug_prints_its_stack_trace_and_ends_with_1() {
        Result result = probe(
                () -> {
                    throw new IllegalStateException("impossible");
                },
                "probe");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .contains("\tat dev.reprise.cli.CliTest")
                .contains("error: internal error: java.lang.IllegalStateException: impossible")
                .contains("this is a bug");
    }

    @Test
    void what_is_printed_cannot_steer_a_terminal() {
        Result result = probe(
                () -> {
                    throw new UsageException("no \u001b[2J file \u202e", "");
                },
                "probe");
        assertThat(result.err()).isEqualTo("error: no \\x1b[2J file \\u202e\n");
    }
}
