package dev.reprise.repository.lock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
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

        public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
            restoreDefault();
            if (arguments[0].equals("ignore")) {
                HangupSignal.ignore();
            }
            System.out.println("ready");
            System.out.write(System.in.read());
            System.out.flush();
        }

        /// Whoever started us may ignore SIGHUP, and that is inherited.
        private static void restoreDefault() throws ReflectiveOperationException {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance("HUP"),
                            handler.getField("SIG_DFL").get(null));
        }
    }

    @Test
    void a_process_that_ignores_hangups_lives_on_and_one_that_does_not_dies() throws Exception {
        assertThat(answerAfterHangup("ignore")).isEqualTo("x");
        assertThat(answerAfterHangup("default")).isNull();
    }

    private static @Nullable String answerAfterHangup(String mode) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        mode))
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
