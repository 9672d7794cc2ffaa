package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.operations.selftest.SelfTest;
import dev.reprise.operations.selftest.Throughput;
import dev.reprise.repository.model.GoJsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "self-test",
        description = "Make a repository in a temporary place, save, check and restore, and measure this machine."
                + " Needs no repository; not known to restic.")
final class SelfTestVerb implements Callable<Integer> {
    private static final double MEBIBYTE = 1 << 20;

    @Mixin
    private final ResticOptions global;

    SelfTestVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() throws IOException {
        CommandContext context = global.context();
        String temporary = context.environment().getOrDefault("TMPDIR", System.getProperty("java.io.tmpdir", "/tmp"));
        Path folder = Files.createTempDirectory(context.resolve(temporary), "reprise-self-test-");
        try {
            int workers = Runtime.getRuntime().availableProcessors();
            var test = new SelfTest(folder, context.random().get(), context.clock(), System::nanoTime, workers);
            SelfTest.Result result = test.run();
            if (global.json()) {
                global.output().json(json(result));
            } else {
                text(result).forEach(global.output()::result);
            }
        } finally {
            remove(folder);
        }
        return 0;
    }

    private static GoJsonWriter json(SelfTest.Result result) {
        Throughput speed = result.throughput();
        return new GoJsonWriter()
                .raw("{\"message_type\":\"self_test\",\"files\":")
                .number(result.files())
                .raw(",\"bytes\":")
                .number(result.bytes())
                .raw(",\"bytes_stored\":")
                .number(result.stored())
                .raw(",\"backup_seconds\":")
                .raw(GoText.number(seconds(result.backup())))
                .raw(",\"check_seconds\":")
                .raw(GoText.number(seconds(result.check())))
                .raw(",\"restore_seconds\":")
                .raw(GoText.number(seconds(result.restore())))
                .raw(",\"hash_bytes_per_second\":")
                .number((long) speed.hash())
                .raw(",\"cipher_bytes_per_second\":")
                .number((long) speed.cipher())
                .raw(",\"compress_bytes_per_second\":")
                .number((long) speed.compress())
                .raw(",\"decompress_bytes_per_second\":")
                .number((long) speed.decompress())
                .raw('}');
    }

    private static List<String> text(SelfTest.Result result) {
        Throughput speed = result.throughput();
        return List.of(
                "saved %d files, %s, as %s in %.2f s"
                        .formatted(
                                result.files(),
                                GoText.bytes(result.bytes()),
                                GoText.bytes(result.stored()),
                                seconds(result.backup())),
                "checked all data of %d packs in %.2f s, no errors were found"
                        .formatted(result.packs(), seconds(result.check())),
                "restored and compared in %.2f s, nothing differs".formatted(seconds(result.restore())),
                "one thread of this machine:",
                rate("  hash       (SHA-256)        ", speed.hash()),
                rate("  cipher     (AES-256, Poly1305)", speed.cipher()),
                rate("  compress   (zstd, level 3)  ", speed.compress()),
                rate("  decompress (zstd)           ", speed.decompress()));
    }

    private static String rate(String name, double bytesPerSecond) {
        return String.format(Locale.ROOT, "%-32s %8.0f MiB/s", name, bytesPerSecond / MEBIBYTE);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
