package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/// Where a repository lies, from a flag, a variable or a file.
final class RepositoryPlace {
    private static final int MOST_BYTES = 64 * 1024;

    private RepositoryPlace() {}

    /// @param direct empty when not given
    /// @param file   names a file that holds the location; empty when not given
    static String location(CommandContext context, String direct, String file) {
        if (direct.isEmpty() && file.isEmpty()) {
            throw new FatalException("Please specify repository location (-r or --repository-file)");
        }
        if (!direct.isEmpty() && !file.isEmpty()) {
            throw new FatalException(
                    "Options -r and --repository-file are mutually exclusive, please specify only one");
        }
        return direct.isEmpty() ? fromFile(context, file) : direct;
    }

    private static String fromFile(CommandContext context, String file) {
        try (var in = Files.newInputStream(context.resolve(file))) {
            String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
            if (text.isEmpty()) {
                throw new FatalException("repository file " + file + " is empty");
            }
            return text;
        } catch (NoSuchFileException e) {
            throw new FatalException("failed to read repository file: " + file + " does not exist");
        } catch (IOException e) {
            throw new FatalException("failed to read repository file: " + e.getMessage());
        }
    }

    /// Makes a relative directory absolute; leaves URLs to the storage.
    static String resolved(CommandContext context, String location) {
        boolean local = location.startsWith("local:");
        String path = local ? location.substring("local:".length()) : location;
        boolean url = !local && path.indexOf(':') >= 0 && !path.startsWith(".");
        return path.isEmpty() || path.startsWith("/") || url ? location : "local:" + context.resolve(path);
    }
}
