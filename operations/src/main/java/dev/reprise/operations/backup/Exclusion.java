package dev.reprise.operations.backup;

import dev.reprise.base.RawName;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTree.Directory;
import dev.reprise.sources.files.FileTree.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// What stays out of a backup (repository format, section 11.4). Safe for many threads.
final class Exclusion {
    private static final String CACHE_TAG = "CACHEDIR.TAG";
    private static final String CACHE_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55";

    private final List<PatternList> patterns;
    private final List<Tag> tags = new ArrayList<>();
    private final long largerThan;

    Exclusion(FilesRequest request) {
        patterns = request.excludes().stream().filter(list -> !list.isEmpty()).toList();
        largerThan = request.excludeLargerThan() < 0 ? Long.MAX_VALUE : request.excludeLargerThan();
        request.excludeIfPresent().forEach((name, header) -> tags.add(Tag.of(name, header)));
        if (request.excludeCaches()) {
            tags.add(Tag.of(CACHE_TAG, CACHE_SIGNATURE));
        }
    }

    boolean hasPatterns() {
        return !patterns.isEmpty();
    }

    /// @param path absolute and cleaned
    boolean byPath(RawName path) {
        for (PatternList list : patterns) {
            if (list.matches(path)) {
                return true;
            }
        }
        return false;
    }

    /// Everything but directories has a size here, as in restic: a symbolic link the length of its target.
    boolean bySize(FileMeta meta) {
        return meta.type() != FileMeta.Type.DIR && meta.size() > largerThan;
    }

    /// Looks for tag files once per directory.
    Tagged tagsIn(Directory directory, Consumer<String> warn) {
        if (tags.isEmpty()) {
            return Tagged.NOT;
        }
        var present = new ArrayList<RawName>();
        for (Tag tag : tags) {
            if (tag.isIn(directory, warn)) {
                present.add(tag.name);
            }
        }
        return present.isEmpty() ? Tagged.NOT : new Tagged(present);
    }

    /// The tag files a directory has. Each keeps itself and excludes all others.
    record Tagged(List<RawName> present) {
        static final Tagged NOT = new Tagged(List.of());

        boolean excludes(RawName name) {
            for (RawName tag : present) {
                if (!tag.equals(name)) {
                    return true;
                }
            }
            return false;
        }
    }

    private record Tag(RawName name, byte[] header) {
        static Tag of(String name, String header) {
            return new Tag(RawName.of(name), header.getBytes(StandardCharsets.UTF_8));
        }

        boolean isIn(Directory directory, Consumer<String> warn) {
            try {
                directory.stat(name);
                return header.length == 0 || startsWithHeader(directory, warn);
            } catch (NoSuchFileException absent) {
                return false;
            } catch (IOException e) {
                warn.accept("cannot read the tag file " + name + " in " + directory + ": " + Reason.of(e));
                return false;
            }
        }

        private boolean startsWithHeader(Directory directory, Consumer<String> warn) throws IOException {
            byte[] beginning = new byte[header.length];
            try (OpenFile file = directory.openFile(name)) {
                int length = 0;
                while (length < beginning.length) {
                    int read = file.read(length, beginning, length, beginning.length - length);
                    if (read < 0) {
                        break;
                    }
                    length += read;
                }
                if (length == header.length && Arrays.equals(beginning, header)) {
                    return true;
                }
            }
            warn.accept("the tag file " + name + " in " + directory + " does not begin as expected, so it is ignored");
            return false;
        }
    }
}
