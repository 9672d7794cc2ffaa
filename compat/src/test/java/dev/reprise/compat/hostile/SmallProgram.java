package dev.reprise.compat.hostile;

import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.restic.ResticCli;
import dev.reprise.cli.restic.ResticVerbs;
import dev.reprise.compat.RepriseRepository;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs command lines of `reprise restic` one after the other in a process that was given little memory.
///
/// Standard input: none. Arguments: one file of command lines, words separated by tabs. Standard output per line:
/// status, milliseconds, and the last 2000 characters of what was said on standard error with new lines as `|`.
final class SmallProgram {
    private static final int SHOWN = 2_000;
    private static final int MOST_OUTPUT = 8 << 20;

    private SmallProgram() {}

    public static void main(String... arguments) throws Exception {
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            long start = System.nanoTime();
            var err = new Limited();
            int status = run(List.of(line.split("\t")), err);
            long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
            String said =
                    err.toString(StandardCharsets.UTF_8).replace('\n', '|').replace('\r', '|');
            System.out.println(status + "\t" + millis + "\t" + said.substring(Math.max(0, said.length() - SHOWN)));
        }
    }

    private static int run(List<String> words, Limited err) {
        if (!words.getFirst().equals("engine")) {
            return new ResticCli(ResticVerbs.standard(), context(err)).run(words);
        }
        var repository = new RepriseRepository(Path.of(words.get(2)), HostileRepository.PASSWORD);
        try {
            List<String> problems = switch (words.get(1)) {
                case "check" -> repository.check();
                case "restore" -> {
                    List<String> all = new ArrayList<>();
                    for (var snapshot : repository.snapshots()) {
                        all.addAll(repository.restore(snapshot.id(), Path.of(words.get(3))));
                    }
                    yield all;
                }
                default -> throw new IllegalArgumentException(words.toString());
            };
            err.writeBytes(String.join("\n", problems).getBytes(StandardCharsets.UTF_8));
            return problems.isEmpty() ? 0 : 1;
        } catch (RepriseException | AssertionError e) {
            err.writeBytes(String.valueOf(e).getBytes(StandardCharsets.UTF_8));
            return 1;
        } catch (Throwable e) {
            e.printStackTrace(new PrintStream(err, true, StandardCharsets.UTF_8));
            return 99;
        }
    }

    private static CommandContext context(Limited err) {
        return new CommandContext(
                Map.of("PATH", "/usr/bin:/bin", "RESTIC_PASSWORD", HostileRepository.PASSWORD),
                Path.of("/"),
                InputStream.nullInputStream(),
                new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                InstantSource.system(),
                ZoneOffset.UTC,
                SecureRandom::new);
    }

    /// Keeps the beginning of much output, so that it is not the test that runs out of memory.
    private static final class Limited extends ByteArrayOutputStream {
        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (size() < MOST_OUTPUT) {
                super.write(bytes, offset, length);
            }
        }
    }
}
