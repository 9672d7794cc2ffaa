package dev.reprise.cli;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ExitStatus;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.check.CheckRequest;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flag that limits what a check holds of a repository.
public final class MemoryFlag {
    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "Hold this much of index, directories and packs in memory, the rest in temporary files, as in"
                    + " 64M (default: all of it, 47 bytes a blob).")
    private @Nullable String size;

    public boolean isGiven() {
        return size != null;
    }

    /// @return null if the flag is not given
    /// @throws OperationException if it is no size
    public CheckRequest.@Nullable Memory limit(CommandContext context) {
        return size == null ? null : new CheckRequest.Memory(parse(size), temporary(context));
    }

    private static ByteSize parse(String text) {
        try {
            return ByteSize.parse(text);
        } catch (IllegalArgumentException e) {
            throw new OperationException(
                    ExitStatus.FAILED, String.valueOf(e.getMessage()), "write it like 64M or 1G", e);
        }
    }

    /// `TMPDIR`, else where Java puts temporary files.
    public static Path temporary(CommandContext context) {
        String named = context.environment().getOrDefault("TMPDIR", "");
        return named.isEmpty() ? Path.of(System.getProperty("java.io.tmpdir", "/tmp")) : context.resolve(named);
    }
}
