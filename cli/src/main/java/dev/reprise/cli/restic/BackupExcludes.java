package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.operations.filter.PatternList;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/// The flags that leave something out of a backup (repository format, section 11.4).
final class BackupExcludes {
    private final CommandContext context;

    @Option(
            names = {"-e", "--exclude"},
            paramLabel = "pattern",
            description = "Leave out what matches; repeatable.")
    private List<String> patterns = new ArrayList<>();

    @Option(names = "--iexclude", paramLabel = "pattern", description = "The same, upper and lower case alike.")
    private List<String> caselessPatterns = new ArrayList<>();

    @Option(names = "--exclude-file", paramLabel = "file", description = "Read exclude patterns from a file.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--iexclude-file", paramLabel = "file", description = "The same, upper and lower case alike.")
    private List<String> caselessFiles = new ArrayList<>();

    @Option(names = "--exclude-caches", description = "Leave out the content of directories with a valid CACHEDIR.TAG.")
    private boolean caches;

    @Option(
            names = "--exclude-if-present",
            paramLabel = "file[:header]",
            description = "Leave out the content of directories that hold such a file, but not that file.")
    private List<String> ifPresent = new ArrayList<>();

    @Option(
            names = "--exclude-larger-than",
            paramLabel = "size",
            description = "Leave out larger files: 512, 100K, 3G.")
    private String largerThan = "";

    BackupExcludes(CommandContext context) {
        this.context = context;
    }

    /// As typed, to be recorded in the snapshot.
    List<String> recorded() {
        return List.copyOf(patterns);
    }

    /// Either list excludes.
    List<PatternList> lists() {
        return List.of(
                list("exclude", patterns, files, false), list("iexclude", caselessPatterns, caselessFiles, true));
    }

    private PatternList list(String flag, List<String> typed, List<String> sources, boolean ignoreCase) {
        refuseMalformed("--" + flag, typed, ignoreCase);
        var all = new ArrayList<>(typed);
        for (String file : sources) {
            List<String> read = read(file);
            refuseMalformed("--" + flag + "-file", read, ignoreCase);
            all.addAll(read);
        }
        return PatternList.of(all, ignoreCase);
    }

    private static void refuseMalformed(String flag, List<String> patterns, boolean ignoreCase) {
        List<String> malformed = patterns.stream()
                .filter(pattern -> !isWellFormed(pattern, ignoreCase))
                .toList();
        if (!malformed.isEmpty()) {
            throw new FatalException(flag + ": invalid pattern(s) provided:\n" + String.join("\n", malformed));
        }
    }

    private static boolean isWellFormed(String pattern, boolean ignoreCase) {
        try {
            PatternList.of(List.of(pattern), ignoreCase);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private List<String> read(String file) {
        try {
            return PatternList.parseFile(Files.readAllBytes(context.resolve(file)), context.environment());
        } catch (IOException e) {
            throw new FatalException(
                    "failed to read patterns from file \"%s\": %s".formatted(file, ExitWords.describe(e)));
        }
    }

    boolean caches() {
        return caches;
    }

    /// Name of the file → how it has to begin.
    Map<String, String> ifPresent() {
        var tags = new LinkedHashMap<String, String>();
        for (String tag : ifPresent) {
            int colon = tag.indexOf(':');
            String name = colon < 0 ? tag : tag.substring(0, colon);
            if (name.isEmpty()) {
                throw new FatalException("no name for exclusion tagfile provided");
            }
            tags.put(name, colon < 0 ? "" : tag.substring(colon + 1));
        }
        return tags;
    }

    /// Bytes; -1 for no limit.
    long largerThan() {
        return largerThan.isEmpty() ? -1 : ResticSize.parse(largerThan);
    }
}
