package dev.reprise.repository.lock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
class HangupSignalTest {
    /// A process that may ignore SIGHUP, says so, and answers one line.
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            if (arguments[0].equals("ignore")) {
                HangupSignal.ignore();
            }
            System.out.println("ready");
            System.out.write(System.in.read());
            System.out.flush();
        }
    }

    /// Earlier tests of this process took locks, so it may ignore SIGHUP already; children inherit that, and a virtual
    /// machine never takes it back. `env` of coreutils does.
    private static final List<String> DEFAULT_HANGUP = List.of("env", "--default-signal=HUP");

    private static boolean hangupCanBeReset() throws InterruptedException {
        try {
            return new ProcessBuilder("env", "--default-signal=HUP", "true")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException none) {
            return false;
        }
    }

    @Test
    void a_process_that_ignores_hangups_lives_on_and_one_that_does_not_dies() throws Exception {
        assumeTrue(hangupCanBeReset(), "this system's env cannot reset signals");
        assertThat(answerAfterHangup("ignore")).isEqualTo("x");
        assertThat(answerAfterHangup("default")).isNull();
    }

    private static @Nullable String answerAfterHangup(String mode) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(DEFAULT_HANGUP);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Holder.class.getName(), mode));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader(UTF_8)) {
            assertThat(out.readLine()).isEqualTo("ready");
            Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start();
            assertThat(kill.waitFor()).isZero();
            if (mode.equals("default")) {
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                return null;
            }
            process.getOutputStream().write('x');
            process.getOutputStream().flush();
            return out.readLine();
        } finally {
            process.destroyForcibly();
        }
    }
}
