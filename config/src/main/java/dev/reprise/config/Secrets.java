package dev.reprise.config;

import dev.reprise.base.CancelledException;
import dev.reprise.base.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Fetches secrets when they are needed.
///
/// Files and command output lose a byte order mark and all white space around them, by Unicode's meaning of it, as
/// in restic, so that one password file serves both.
///
/// @param environment variables to look into, and the environment of commands
public record Secrets(Map<String, String> environment) {
    private static final int MOST_BYTES = 64 * 1024;
    private static final long COMMAND_SECONDS = 60;

    /// @param what for messages: `the password of repository main`
    /// @throws ConfigException if it cannot be had or is empty; never holds any of the secret
    public Secret resolve(SecretReference reference, String what) {
        Secret secret = switch (reference) {
            case SecretReference.File file -> file(file.path(), what);
            case SecretReference.Variable variable -> variable(variable.name(), what);
            case SecretReference.Command command -> command(command.command(), what);
            case SecretReference.Value value -> value.secret();
        };
        if (secret.isEmpty()) {
            throw ConfigException.of(
                    what + " is empty in " + place(reference), "put it there, then run the command again");
        }
        return secret;
    }

    /// Where a secret comes from, for people.
    public static String place(SecretReference reference) {
        return switch (reference) {
            case SecretReference.File file -> "the file " + file.path();
            case SecretReference.Variable variable -> "the environment variable " + variable.name();
            case SecretReference.Command command -> "the output of \"" + command.command() + "\"";
            case SecretReference.Value _ -> "the configuration";
        };
    }

    private static Secret file(Path path, String what) {
        try (InputStream in = Files.newInputStream(path)) {
            return Secret.of(trimmed(bounded(in, what + " in the file " + path)));
        } catch (NoSuchFileException e) {
            throw ConfigException.of(
                    what + " should be in the file " + path + ", which does not exist",
                    "write it there with mode 0600, or correct the path",
                    e);
        } catch (IOException e) {
            throw ConfigException.of(
                    what + " cannot be read from the file " + path + ": " + reason(e),
                    "check the owner and mode of that file",
                    e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    private Secret variable(String name, String what) {
        String value = environment.get(name);
        if (value == null) {
            throw ConfigException.of(
                    what + " should be in the environment variable " + name + ", which is not set",
                    "set " + name + ", or name another place in the configuration");
        }
        return Secret.of(value);
    }

    private Secret command(String command, String what) {
        try {
            var builder = new ProcessBuilder("/bin/sh", "-c", command)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().clear();
            builder.environment().putAll(environment);
            Process process = builder.start();
            try {
                return output(process, command, what);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw ConfigException.of(
                    what + ": the command \"" + command + "\" could not be started", "check the command", e);
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("fetching " + what);
        }
    }

    /// Reads beside the wait, because reading a pipe cannot be interrupted.
    private static Secret output(Process process, String command, String what)
            throws IOException, InterruptedException {
        var reading = new FutureTask<>(() -> {
            try (InputStream in = process.getInputStream()) {
                return bounded(in, what + " from \"" + command + "\"");
            }
        });
        Thread.ofVirtual().start(reading);
        if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
            throw failed(what, command, "did not end within " + COMMAND_SECONDS + " s");
        }
        byte[] output = result(reading, command, what);
        if (process.exitValue() != 0) {
            // Its output stays unseen: it may hold the secret.
            throw failed(what, command, "ended with status " + process.exitValue());
        }
        return Secret.of(trimmed(output));
    }

    private static byte[] result(FutureTask<byte[]> reading, String command, String what)
            throws IOException, InterruptedException {
        try {
            return reading.get(COMMAND_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw failed(what, command, "ended, but left processes behind that keep its output open");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ConfigException refused -> throw refused;
                case IOException broken -> throw broken;
                case null, default -> throw new IllegalStateException("reading the output of a command", e);
            }
        }
    }

    private static ConfigException failed(String what, String command, String how) {
        return ConfigException.of(
                what + ": the command \"" + command + "\" " + how,
                "run that command by hand to see why; it has " + COMMAND_SECONDS + " s and no standard input");
    }

    private static byte[] bounded(InputStream in, String what) throws IOException {
        byte[] bytes = in.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw ConfigException.of(
                    what + " is longer than " + MOST_BYTES + " bytes", "check that it is the right one");
        }
        return bytes;
    }

    /// Decodes by byte order mark (UTF-8 without one) and strips white space.
    private static String trimmed(byte[] bytes) {
        String text = decoded(bytes);
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static String decoded(byte[] bytes) {
        if (startsWith(bytes, 0xef, 0xbb, 0xbf)) {
            return text(bytes, 3, StandardCharsets.UTF_8);
        }
        if (startsWith(bytes, 0xfe, 0xff)) {
            return text(bytes, 2, StandardCharsets.UTF_16BE);
        }
        if (startsWith(bytes, 0xff, 0xfe)) {
            return text(bytes, 2, StandardCharsets.UTF_16LE);
        }
        return text(bytes, 0, StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes, int from, Charset charset) {
        return new String(bytes, from, bytes.length - from, charset);
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /// Unicode's property `White_Space`. Java's `strip` would keep the no-break spaces.
    private static boolean isSpace(char c) {
        return (c >= 0x09 && c <= 0x0d) || c == 0x85 || Character.isSpaceChar(c);
    }
}
