package dev.reprise.storage.azure;

import dev.reprise.base.CancelledException;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.web.Json;
import dev.reprise.storage.web.TokenRefusedException;
import dev.reprise.storage.web.TokenSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Who ran `az login`: asks the vendor's command line for a token.
///
/// @param settings the program is looked for in their `PATH`
record AzureCli(PlaceSettings settings) implements TokenSource {
    private static final long PATIENCE_SECONDS = 30;
    private static final int LONGEST_ANSWER = 1 << 20;
    /// When it does not say when a token ends, which are good for an hour at least.
    private static final Duration SHORTEST = Duration.ofMinutes(30);

    /// What it has no need to see.
    private static final List<String> SECRETS =
            List.of("RESTIC_", "REPRISE_", "AWS_", "GOOGLE_", "AZURE_ACCOUNT_", "B2_");

    @Override
    public Token fetch() throws IOException {
        Path program = program()
                .orElseThrow(() -> new TokenRefusedException("there are no credentials for Azure: neither a key nor a"
                        + " signature nor an identity of this machine, and no program az"));
        byte[] said = run(program);
        try {
            Json answer = Json.parse(said);
            String token = answer.text("accessToken");
            if (!token.isEmpty()) {
                long end = answer.number("expires_on");
                return new Token(
                        token,
                        end > 0
                                ? Instant.ofEpochSecond(Math.min(end, Integer.MAX_VALUE * 2L))
                                : settings.clock().instant().plus(SHORTEST));
            }
        } catch (IOException e) {
            // said below
        }
        throw new TokenRefusedException("the program az gives no token: run \"az login\"");
    }

    private Optional<Path> program() {
        for (String folder : settings.variable("PATH").split(":", -1)) {
            Path program = settings.workingDirectory().resolve(folder).resolve("az");
            if (!folder.isEmpty() && Files.isExecutable(program) && Files.isRegularFile(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    /// What it prints, which is a secret. What it complains of is not passed on.
    private byte[] run(Path program) throws IOException {
        var builder = new ProcessBuilder(
                        program.toString(),
                        "account",
                        "get-access-token",
                        "--output",
                        "json",
                        "--resource",
                        TokenChoice.RESOURCE)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(settings.environment());
        builder.environment().keySet().removeIf(name -> SECRETS.stream().anyMatch(name::startsWith));
        Process process = builder.start();
        Thread guard = Thread.ofVirtual().start(() -> endInTime(process));
        try (var in = process.getInputStream()) {
            process.getOutputStream().close();
            byte[] said = in.readNBytes(LONGEST_ANSWER);
            int status = process.waitFor();
            if (status != 0) {
                throw new TokenRefusedException("the program az has ended with " + status
                        + ": run \"az login\", or \"az account get-access-token\" to see why");
            }
            return said;
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("waiting for az");
        } finally {
            guard.interrupt();
            end(process);
        }
    }

    /// Until then it is read from; so its children are ended as well, which may hold its output.
    private static void endInTime(Process process) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                end(process);
            }
        } catch (InterruptedException e) {
            return; // it has answered
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
