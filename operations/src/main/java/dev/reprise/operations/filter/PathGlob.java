package dev.reprise.operations.filter;

import dev.reprise.base.RawName;
import java.util.ArrayList;
import java.util.List;

/// A path with wildcards that stands for the files it fits, as a line of `--files-from` (repository format,
/// section 11.4). Wildcards stay within one component; nothing is hidden from them. Immutable.
public final class PathGlob {
    private final boolean rooted;
    private final List<Component> components;

    /// @param text    as typed, used as it is where nothing is a wildcard
    /// @param pattern what entries are compared with
    private record Component(RawName text, ComponentPattern pattern) {
        boolean isLiteral() {
            return pattern instanceof ComponentPattern.Literal;
        }
    }

    /// What the glob asks the file system.
    public interface Names {
        /// The entries of a directory in order; none if it cannot be listed.
        List<RawName> in(RawName directory);

        boolean exists(RawName path);
    }

    private PathGlob(boolean rooted, List<Component> components) {
        this.rooted = rooted;
        this.components = List.copyOf(components);
    }

    /// @throws IllegalArgumentException if a bracket or an escape is not complete
    public static PathGlob parse(RawName path) {
        byte[] bytes = path.bytes();
        var components = new ArrayList<Component>();
        int start = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                if (i > start) {
                    RawName text = RawName.of(bytes, start, i);
                    components.add(new Component(text, ComponentPattern.parse(text.bytes())));
                }
                start = i + 1;
            }
        }
        return new PathGlob(bytes.length > 0 && bytes[0] == '/', components);
    }

    /// Every path that exists and fits, in order, relative ones relative.
    ///
    /// @param workingDirectory where a relative glob starts
    public List<RawName> expand(RawName workingDirectory, Names names) {
        List<RawName> found = List.of(rooted ? RawName.of("/") : RawName.of(""));
        for (Component component : components) {
            var next = new ArrayList<RawName>();
            for (RawName directory : found) {
                if (component.isLiteral()) {
                    next.add(joined(directory, component.text()));
                } else {
                    names.in(absolute(workingDirectory, directory)).stream()
                            .filter(name -> component.pattern().matches(name.bytes(), 0, name.length()))
                            .forEach(name -> next.add(joined(directory, name)));
                }
            }
            found = next;
        }
        return found.stream()
                .filter(path -> names.exists(absolute(workingDirectory, path)))
                .toList();
    }

    private static RawName joined(RawName directory, RawName name) {
        return directory.isEmpty() ? name : directory.child(name);
    }

    private static RawName absolute(RawName workingDirectory, RawName path) {
        boolean alreadySo = !path.isEmpty() && path.at(0) == '/';
        return alreadySo ? path : path.isEmpty() ? workingDirectory : workingDirectory.child(path);
    }
}
