package dev.reprise.sources.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/// Makes entries with the system's own programs, so that tests do not check the code against itself.
final class Shell {
    static final boolean ROOT = "0".equals(effectiveUser());

    private Shell() {}

    private static String effectiveUser() {
        try {
            return run(Path.of("/"), "id -u");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs a script in a directory; fails the test with its output if it fails.
    ///
    /// @return what it printed, without the line end
    static String run(Path directory, String script) throws IOException {
        Process process = new ProcessBuilder("bash", "-euc", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue())
                .as("%s%n%s", script, output)
                .isZero();
        return output.strip();
    }

    /// Name from Latin-1 text: every character is one byte.
    static RawName raw(String latin1) {
        return RawName.of(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    static RawName path(Path path) {
        return RawName.of(path.toString());
    }

    static List<String> latin1(List<RawName> names) {
        return names.stream().map(Shell::latin1).toList();
    }

    static String latin1(RawName name) {
        return new String(name.bytes(), StandardCharsets.ISO_8859_1);
    }

    /// Attributes as `name=hex`.
    static List<String> text(List<FileTree.Xattr> attributes) {
        return attributes.stream()
                .map(x -> x.name() + "=" + HexFormat.of().formatHex(x.value()))
                .sorted()
                .toList();
    }

    /// Descriptors this process has open below a directory.
    static long descriptorsBelow(Path directory) throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(fd -> leadsBelow(fd, directory)).count();
        }
    }

    private static boolean leadsBelow(Path descriptor, Path directory) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(directory);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
