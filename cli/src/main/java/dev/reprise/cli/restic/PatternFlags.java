package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.operations.filter.PatternList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// Flags that include or exclude paths inside a snapshot (repository format, section 11.4).
final class PatternFlags {
    private static final int MOST_BYTES = 64 << 20;

    private final CommandContext context;

    @Option(
            names = {"-i", "--include"},
            paramLabel = "pattern",
            description = "Only what matches; repeatable.")
    private List<String> includes = new ArrayList<>();

    @Option(names = "--iinclude", paramLabel = "pattern", description = "As --include, whatever the case of letters.")
    private List<String> caselessIncludes = new ArrayList<>();

    @Option(names = "--include-file", paramLabel = "file", description = "Read --include patterns from a file.")
    private List<String> includeFiles = new ArrayList<>();

    @Option(names = "--iinclude-file", paramLabel = "file", description = "Read --iinclude patterns from a file.")
    private List<String> caselessIncludeFiles = new ArrayList<>();

    @Option(
            names = {"-e", "--exclude"},
            paramLabel = "pattern",
            description = "Not what matches; repeatable.")
    private List<String> excludes = new ArrayList<>();

    @Option(names = "--iexclude", paramLabel = "pattern", description = "As --exclude, whatever the case of letters.")
    private List<String> caselessExcludes = new ArrayList<>();

    @Option(names = "--exclude-file", paramLabel = "file", description = "Read --exclude patterns from a file.")
    private List<String> excludeFiles = new ArrayList<>();

    @Option(names = "--iexclude-file", paramLabel = "file", description = "Read --iexclude patterns from a file.")
    private List<String> caselessExcludeFiles = new ArrayList<>();

    PatternFlags(CommandContext context) {
        this.context = context;
    }

    /// Empty when no pattern was given, neither as a flag nor in a file.
    List<PatternList> includes() {
        return lists("include", includes, includeFiles, caselessIncludes, caselessIncludeFiles);
    }

    List<PatternList> excludes() {
        return lists("exclude", excludes, excludeFiles, caselessExcludes, caselessExcludeFiles);
    }

    private List<PatternList> lists(
            String kind,
            List<String> exact,
            List<String> exactFiles,
            List<String> caseless,
            List<String> caselessFiles) {
        List<PatternList> lists = new ArrayList<>();
        add(lists, kind, exact, exactFiles, false);
        add(lists, "i" + kind, caseless, caselessFiles, true);
        return lists;
    }

    private void add(List<PatternList> lists, String kind, List<String> typed, List<String> files, boolean caseless) {
        var patterns = new ArrayList<>(typed);
        for (String file : files) {
            List<String> read = read(file);
            requireValid("--" + kind + "-file", read);
            patterns.addAll(read);
        }
        if (!patterns.isEmpty()) {
            lists.add(parse("--" + kind, patterns, caseless));
        }
    }

    private List<String> read(String file) {
        try (InputStream in = Files.newInputStream(context.resolve(file))) {
            return PatternList.parseFile(in.readNBytes(MOST_BYTES), context.environment());
        } catch (IOException e) {
            throw new FatalException(
                    "failed to read patterns from file \"%s\": %s".formatted(file, ExitWords.describe(e)));
        }
    }

    /// @throws FatalException naming every pattern that is malformed
    static PatternList parse(String flag, List<String> patterns, boolean caseless) {
        requireValid(flag, patterns);
        return PatternList.of(patterns, caseless);
    }

    private static void requireValid(String flag, List<String> patterns) {
        List<String> invalid =
                patterns.stream().filter(pattern -> !isValid(pattern)).toList();
        if (!invalid.isEmpty()) {
            throw new FatalException(flag + ": invalid pattern(s) provided:\n" + String.join("\n", invalid));
        }
    }

    private static boolean isValid(String pattern) {
        try {
            PatternList.of(List.of(pattern), false);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
