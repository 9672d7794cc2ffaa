package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OldClassesTest {
    @TempDir
    private Path directory = Path.of("");

    /// The oldest library there is; its name is on the class path.
    private Path library() throws IOException {
        String picocli = Arrays.stream(System.getProperty("java.class.path").split(":", -1))
                .filter(element -> element.matches(".*/picocli-[^/]*\\.jar"))
                .findFirst()
                .orElseThrow();
        return Files.copy(Path.of(picocli), directory.resolve("library.jar"));
    }

    private static int oldestVersion(Path path) throws IOException {
        int oldest = Integer.MAX_VALUE;
        try (var jar = new JarFile(path.toFile())) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (entry.getName().endsWith(".class")) {
                    try (var in = new DataInputStream(jar.getInputStream(entry))) {
                        in.skipNBytes(6);
                        oldest = Math.min(oldest, in.readUnsignedShort());
                    }
                }
            }
        }
        return oldest;
    }

    @Test
    void old_classes_become_new_enough_for_the_cache_and_every_one_verifies() throws Exception {
        Path jar = library();
        assertThat(oldestVersion(jar)).isLessThan(50);

        OldClasses.main(new String[] {jar.toString()});

        assertThat(oldestVersion(jar)).isGreaterThanOrEqualTo(50);
        int verified = 0;
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
                var file = new JarFile(jar.toFile())) {
            for (JarEntry entry : Collections.list(file.entries())) {
                String name = entry.getName();
                if (name.startsWith("picocli/") && name.endsWith(".class") && !name.contains("-info")) {
                    String type =
                            name.substring(0, name.length() - ".class".length()).replace('/', '.');
                    verified += Class.forName(type, true, loader).isInterface() ? 0 : 1;
                }
            }
        }
        assertThat(verified).isGreaterThan(100);
        assertThat(directory).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void a_library_without_old_classes_stays_as_it_is() throws Exception {
        Path jar = library();
        OldClasses.bringUpToDate(jar);
        byte[] before = Files.readAllBytes(jar);

        OldClasses.bringUpToDate(jar);

        assertThat(Files.readAllBytes(jar)).isEqualTo(before);
    }
}
