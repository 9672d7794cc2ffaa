package dev.reprise.cli.restic;

import dev.reprise.base.RawName;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.operations.rewrite.PathRules;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import picocli.CommandLine.Option;

/// Patterns of what to leave out or to keep (repository format, section 11.4).
final class PathPatterns {
    private static final int MOST_BYTES = 16 << 20;

    private final CommandContext context;

    @Option(
            names = {"-e", "--exclude"},
            paramLabel = "pattern",
            description = "Leave out what matches.")
    private List<String> excludes = new ArrayList<>();

    @Option(names = "--iexclude", paramLabel = "pattern", description = "The same, ignoring case.")
    private List<String> iexcludes = new ArrayList<>();

    @Option(names = "--exclude-file", paramLabel = "file", description = "Read such patterns from a file.")
    private List<String> excludeFiles = new ArrayList<>();

    @Option(names = "--iexclude-file", paramLabel = "file", description = "The same, ignoring case.")
    private List<String> iexcludeFiles = new ArrayList<>();

    @Option(
            names = {"-i", "--include"},
            paramLabel = "pattern",
            description = "Keep only what matches.")
    private List<String> includes = new ArrayList<>();

    @Option(names = "--iinclude", paramLabel = "pattern", description = "The same, ignoring case.")
    private List<String> iincludes = new ArrayList<>();

    @Option(names = "--include-file", paramLabel = "file", description = "Read such patterns from a file.")
    private List<String> includeFiles = new ArrayList<>();

    @Option(names = "--iinclude-file", paramLabel = "file", description = "The same, ignoring case.")
    private List<String> iincludeFiles = new ArrayList<>();

    PathPatterns(CommandContext context) {
        this.context = context;
    }

    boolean excludesAny() {
        return !(excludes.isEmpty() && iexcludes.isEmpty() && excludeFiles.isEmpty() && iexcludeFiles.isEmpty());
    }

    boolean includesAny() {
        return !(includes.isEmpty() && iincludes.isEmpty() && includeFiles.isEmpty() && iincludeFiles.isEmpty());
    }

    /// @param told of each path that is left out (false) or included (true)
    PathRules rules(BiConsumer<RawName, Boolean> told) {
        return new PathRules(
                List.of(list(excludes, excludeFiles, false), list(iexcludes, iexcludeFiles, true)),
                List.of(list(includes, includeFiles, false), list(iincludes, iincludeFiles, true)),
                told);
    }

    private PatternList list(List<String> typed, List<String> files, boolean ignoreCase) {
        List<String> patterns = new ArrayList<>(typed);
        files.forEach(file -> patterns.addAll(read(file)));
        try {
            return PatternList.of(patterns, ignoreCase);
        } catch (IllegalArgumentException e) {
            throw new FatalException("invalid pattern(s) provided: " + e.getMessage());
        }
    }

    private List<String> read(String file) {
        try (var in = Files.newInputStream(context.resolve(file))) {
            byte[] content = in.readNBytes(MOST_BYTES + 1);
            if (content.length > MOST_BYTES) {
                throw new FatalException("%s is larger than %d bytes".formatted(file, MOST_BYTES));
            }
            return PatternList.parseFile(content, context.environment());
        } catch (IOException e) {
            throw new FatalException(
                    "failed to read patterns from file \"%s\": %s".formatted(file, ExitWords.describe(e)));
        }
    }
}
