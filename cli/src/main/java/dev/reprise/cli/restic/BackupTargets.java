package dev.reprise.cli.restic;

import dev.reprise.base.RawName;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.filter.PathGlob;
import dev.reprise.sources.files.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/// What a backup is asked to save: paths of the command line and of files (repository format, section 11.4).
final class BackupTargets {
    private final CommandContext context;

    @Option(names = "--files-from", paramLabel = "file", description = "Read paths from a file, a glob a line.")
    private List<String> globs = new ArrayList<>();

    @Option(names = "--files-from-verbatim", paramLabel = "file", description = "Read paths from a file, one a line.")
    private List<String> verbatim = new ArrayList<>();

    @Option(names = "--files-from-raw", paramLabel = "file", description = "Read paths from a file, each ended by NUL.")
    private List<String> raw = new ArrayList<>();

    BackupTargets(CommandContext context) {
        this.context = context;
    }

    /// @param all     that exist or could not be looked at
    /// @param skipped how many were left out
    record Found(List<RawName> all, int skipped) {}

    /// The flag that was given, for a message; empty if none was.
    String flagGiven() {
        return !globs.isEmpty()
                ? "--files-from"
                : !verbatim.isEmpty() ? "--files-from-verbatim" : !raw.isEmpty() ? "--files-from-raw" : "";
    }

    /// Whether standard input is to be read, so that no password can come from there.
    boolean readStandardInput() {
        return globs.contains("-") || verbatim.contains("-") || raw.contains("-");
    }

    /// @param arguments those of the command line, saved last
    /// @param warn      told each path that is left out
    Found find(List<String> arguments, FileTree files, Consumer<String> warn) {
        var all = new ArrayList<RawName>();
        for (String file : globs) {
            lines(file).forEach(line -> all.addAll(expanded(line, files, warn)));
        }
        verbatim.forEach(
                file -> lines(file).stream().filter(line -> !line.isEmpty()).forEach(all::add));
        raw.forEach(file -> all.addAll(terminated(file)));
        arguments.stream().map(RawName::of).forEach(all::add);
        if (all.isEmpty()) {
            throw new FatalException("nothing to backup, please specify source files/dirs");
        }
        return existing(all, files, warn);
    }

    private Found existing(List<RawName> all, FileTree files, Consumer<String> warn) {
        List<RawName> existing = all.stream()
                .filter(path -> {
                    String problem = problem(absolute(path), files);
                    if (!problem.isEmpty()) {
                        warn.accept(path + problem + ", skipping");
                    }
                    return problem.isEmpty();
                })
                .toList();
        if (existing.isEmpty()) {
            throw new FatalException("all source directories/files do not exist");
        }
        return new Found(existing, all.size() - existing.size());
    }

    private static String problem(RawName path, FileTree files) {
        try {
            files.stat(path);
            return "";
        } catch (NoSuchFileException e) {
            return " does not exist";
        } catch (IOException e) {
            return " cannot be accessed";
        }
    }

    private RawName absolute(RawName path) {
        boolean alreadySo = !path.isEmpty() && path.at(0) == '/';
        return alreadySo ? path : workingDirectory().child(path);
    }

    private RawName workingDirectory() {
        return RawName.of(context.workingDirectory().toString());
    }

    private List<RawName> expanded(RawName line, FileTree files, Consumer<String> warn) {
        RawName trimmed = trimmed(line);
        if (trimmed.isEmpty() || trimmed.at(0) == '#') {
            return List.of();
        }
        List<RawName> found;
        try {
            found = PathGlob.parse(trimmed).expand(workingDirectory(), new Entries(files));
        } catch (IllegalArgumentException e) {
            throw new FatalException("pattern: %s: syntax error in pattern".formatted(trimmed));
        }
        if (found.isEmpty()) {
            warn.accept("pattern \"%s\" does not match any files, skipping".formatted(trimmed));
        }
        return found;
    }

    private static RawName trimmed(RawName line) {
        byte[] bytes = line.bytes();
        int start = 0;
        int end = bytes.length;
        while (start < end && isSpace(bytes[start])) {
            start++;
        }
        while (end > start && isSpace(bytes[end - 1])) {
            end--;
        }
        return RawName.of(bytes, start, end);
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    private record Entries(FileTree files) implements PathGlob.Names {
        @Override
        public List<RawName> in(RawName directory) {
            try (FileTree.Directory open = files.open(directory.child(RawName.of(".")))) {
                return open.names();
            } catch (IOException unreadable) {
                return List.of(); // a glob finds nothing there, as in a shell
            }
        }

        @Override
        public boolean exists(RawName path) {
            try {
                files.stat(path);
                return true;
            } catch (IOException e) {
                return false;
            }
        }
    }

    private List<RawName> lines(String file) {
        byte[] content = content(file);
        int mark = startsWithMark(content) ? 3 : 0;
        if (utf16(content)) {
            content = new String(content, StandardCharsets.UTF_16).getBytes(StandardCharsets.UTF_8);
        }
        return split(Arrays.copyOfRange(content, mark, content.length), '\n', true);
    }

    private static boolean startsWithMark(byte[] content) {
        return content.length >= 3
                && content[0] == (byte) 0xef
                && content[1] == (byte) 0xbb
                && content[2] == (byte) 0xbf;
    }

    private static boolean utf16(byte[] content) {
        return content.length >= 2
                && ((content[0] == (byte) 0xfe && content[1] == (byte) 0xff)
                        || (content[0] == (byte) 0xff && content[1] == (byte) 0xfe));
    }

    private List<RawName> terminated(String file) {
        byte[] content = content(file);
        if (content.length > 0 && content[content.length - 1] != 0) {
            throw new FatalException("--files-from-raw: trailing zero byte missing");
        }
        List<RawName> names = split(content, (char) 0, false);
        if (names.stream().anyMatch(RawName::isEmpty)) {
            throw new FatalException("--files-from-raw: empty filename in listing");
        }
        return names;
    }

    /// What follows the last end counts unless it is empty.
    private static List<RawName> split(byte[] content, char end, boolean dropReturns) {
        var parts = new ArrayList<RawName>();
        int start = 0;
        for (int i = 0; i <= content.length; i++) {
            if (i == content.length ? i > start : content[i] == end) {
                int stop = dropReturns && i > start && content[i - 1] == '\r' ? i - 1 : i;
                parts.add(RawName.of(content, start, stop));
                start = i + 1;
            }
        }
        return parts;
    }

    private byte[] content(String file) {
        try {
            if (!file.equals("-")) {
                return Files.readAllBytes(context.resolve(file));
            }
            try (InputStream in = context.in()) {
                return in.readAllBytes();
            }
        } catch (IOException e) {
            throw new FatalException("open " + file + ": " + ExitWords.describe(e));
        }
    }
}
