package dev.reprise.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Brings old class files of a library up to date when the program is built: the JVM's ahead-of-time cache leaves out
/// classes from before Java 6, and picocli's are. Loading and verifying them anew cost every command 80 ms.
final class OldClasses {
    /// Java 6, the first version with stack maps.
    private static final int FIRST_CACHED_VERSION = 50;

    private OldClasses() {}

    /// @param jars rewritten where they have old classes
    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            bringUpToDate(Path.of(jar));
        }
    }

    static void bringUpToDate(Path path) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        try {
            boolean changed;
            try (var jar = new JarFile(path.toFile())) {
                changed = copy(jar, fresh);
            }
            if (changed) {
                Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /// @return whether any class was changed
    private static boolean copy(JarFile jar, Path to) throws IOException {
        boolean changed = false;
        var classFile =
                ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(hierarchy(jar)));
        try (var out = new JarOutputStream(Files.newOutputStream(to))) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                byte[] content = read(jar, entry);
                if (entry.getName().endsWith(".class")) {
                    ClassModel model = classFile.parse(content);
                    if (model.majorVersion() < FIRST_CACHED_VERSION) {
                        content = upToDate(classFile, model);
                        changed = true;
                    }
                }
                var written = new JarEntry(entry.getName());
                written.setTime(entry.getTime());
                out.putNextEntry(written);
                out.write(content);
                out.closeEntry();
            }
        }
        return changed;
    }

    private static byte[] upToDate(ClassFile classFile, ClassModel model) {
        return classFile.transformClass(
                model,
                // Code that is copied whole would keep its lack of stack maps.
                ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
                        .andThen((type, element) -> {
                            if (element instanceof ClassFileVersion) {
                                type.withVersion(ClassFile.JAVA_8_VERSION, 0);
                            } else {
                                type.with(element);
                            }
                        }));
    }

    private static ClassHierarchyResolver hierarchy(JarFile jar) {
        return ClassHierarchyResolver.ofResourceParsing(type -> {
                    String descriptor = type.descriptorString();
                    var entry = jar.getJarEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
                    return entry == null ? null : stream(jar, entry);
                })
                .orElse(ClassHierarchyResolver.defaultResolver());
    }

    private static InputStream stream(JarFile jar, JarEntry entry) {
        try {
            return jar.getInputStream(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(JarFile jar, JarEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}
