package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OutputTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5); // it may wrap around

    private Output output(Output.Form form, Output.Detail detail, boolean terminal) {
        return new Output(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                form,
                detail,
                new Terminal(terminal, Map.of("COLUMNS", "60", "TERM", "xterm", "NO_COLOR", "1")),
                nanoTime::get);
    }

    private void pass(long millis) {
        nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void results_go_to_standard_output_and_everything_else_to_standard_error() {
        Output output = output(Output.Form.TEXT, Output.Detail.VERBOSE, false);
        output.result("result");
        output.info("info");
        output.detail("detail");
        output.warning("fact", "do this");
        output.message("x", fields -> fields.put("a", 1));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("result\n");
        assertThat(err()).isEqualTo("info\ndetail\nwarning: fact\nhint:  do this\n");
    }

    @Test
    void quiet_leaves_results_and_warnings() {
        Output output = output(Output.Form.TEXT, Output.Detail.QUIET, true);
        output.result("result");
        output.info("info");
        output.warning("fact", "");
        try (Progress progress = output.progress("saving")) {
            progress.update(new Progress.State(1, 2, 0, 0, ""));
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("result\n");
        assertThat(err()).isEqualTo("warning: fact\n");
    }

    @Test
    void json_is_one_object_for_each_line() {
        Output output = output(Output.Form.JSON, Output.Detail.NORMAL, true);
        output.result("result");
        output.message(
                "point", fields -> fields.put("id", "a\"b\n").put("ok", true).put("size", 1L << 40));
        output.warning("fact", "hint");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"message_type\":\"point\",\"id\":\"a\\\"b\\n\",\"ok\":true,\"size\":1099511627776}\n");
        assertThat(err()).isEqualTo("{\"message_type\":\"warning\",\"message\":\"fact\",\"hint\":\"hint\"}\n");
    }

    @Test
    void colours_only_on_a_terminal_that_wants_them() {
        assertThat(Style.of(new Terminal(true, Map.of("TERM", "xterm")))).isEqualTo(Style.ANSI);
        assertThat(Style.of(new Terminal(true, Map.of("TERM", "xterm", "NO_COLOR", "1"))))
                .isEqualTo(Style.PLAIN);
        assertThat(Style.of(new Terminal(true, Map.of("TERM", "dumb")))).isEqualTo(Style.PLAIN);
        assertThat(Style.of(new Terminal(false, Map.of("TERM", "xterm")))).isEqualTo(Style.PLAIN);
    }

    @Nested
    class ProgressOfLongWork {
        @Test
        void is_one_line_on_a_terminal_that_gives_way_to_others() {
            Output output = output(Output.Form.TEXT, Output.Detail.NORMAL, true);
            try (Progress progress = output.progress("saving")) {
                progress.update(new Progress.State(3, 10, 1 << 20, 4 << 20, "/srv/a"));
                output.info("note");
            }
            String bar = "saving: 25%, 3 of 10, 1.0 MiB of 4.0 MiB, 0:00  /srv/a";
            assertThat(err()).isEqualTo(bar + "\r\u001b[Knote\n" + bar + "\r\u001b[K");
        }

        @Test
        void is_drawn_ten_times_a_second_at_most_and_fits_the_width() {
            Output output = output(Output.Form.TEXT, Output.Detail.NORMAL, true);
            Progress progress = output.progress("saving");
            progress.update(new Progress.State(1, 0, 0, 0, "first"));
            pass(99);
            progress.update(new Progress.State(2, 0, 0, 0, "never seen"));
            pass(1);
            progress.update(new Progress.State(3, 0, 0, 0, "long/".repeat(40) + "\u001b[2J"));
            assertThat(err()).doesNotContain("never seen");
            String last = err().substring(err().lastIndexOf("\u001b[K") + 3);
            assertThat(last).startsWith("saving: 3, 0:00  long/").endsWith("…").hasSizeLessThan(60);
        }

        @Test
        void is_a_line_every_ten_seconds_without_a_terminal() {
            Output output = output(Output.Form.TEXT, Output.Detail.NORMAL, false);
            try (Progress progress = output.progress("reading")) {
                progress.update(new Progress.State(1, 0, 0, 0, ""));
                pass(9_999);
                progress.update(new Progress.State(2, 0, 0, 0, ""));
                assertThat(err()).isEmpty();
                pass(1);
                progress.update(new Progress.State(50, 100, 50 << 20, 100 << 20, ""));
            }
            assertThat(err()).isEqualTo("reading: 50%, 50 of 100, 50.0 MiB of 100.0 MiB, 5.0 MiB/s, 0:10, 0:10 left\n");
        }

        @Test
        void is_a_status_message_every_second_with_json() {
            Output output = output(Output.Form.JSON, Output.Detail.NORMAL, true);
            try (Progress progress = output.progress("saving")) {
                pass(1_000);
                progress.update(new Progress.State(1, 2, 10, 40, "/a"));
                progress.update(new Progress.State(2, 2, 40, 40, "/b"));
            }
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .isEqualTo("{\"message_type\":\"status\",\"action\":\"saving\",\"seconds_elapsed\":1,"
                            + "\"percent_done\":0.25,\"total_files\":2,\"files_done\":1,\"total_bytes\":40,"
                            + "\"bytes_done\":10,\"current_files\":[\"/a\"]}\n");
        }
    }

    @Nested
    class AConfirmation {
        private UsageException refused(String typed, boolean terminal, String... options) {
            return catchThrowableOfType(UsageException.class, () -> confirm(typed, terminal, options));
        }

        private void confirm(String typed, boolean terminal, String... options) throws IOException {
            var line = new CommandLineFixture(Path.of("/"));
            line.typed = typed;
            line.terminal = new CommandContext.Terminal(terminal, terminal, terminal);
            var confirmation = new Confirmation(line.context(out, err));
            picocli.CommandLine.populateCommand(confirmation, options);
            confirmation.require(
                    output(Output.Form.TEXT, Output.Detail.NORMAL, terminal), "would replace 3 databases", "orders");
        }

        @Test
        void shows_the_plan_and_takes_the_typed_name() throws IOException {
            confirm("orders\n", true);
            assertThat(err()).isEqualTo("would replace 3 databases\nType orders to go on: ");
        }

        @Test
        void refuses_anything_else() {
            assertThat(refused("yes\n", true).fact()).isEqualTo("not confirmed, nothing was changed");
            assertThat(refused("", true).fact()).isEqualTo("not confirmed, nothing was changed");
        }

        @Test
        void refuses_where_nobody_can_answer_unless_told_yes() throws IOException {
            UsageException refused = refused("orders\n", false);
            assertThat(refused.fact()).isEqualTo("this replaces data of orders and nobody can be asked");
            assertThat(refused.exitStatus().code()).isEqualTo(20);
            confirm("", false, "--yes");
        }
    }
}
