package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The directories of a restore, opened one component after the other from the folder's own descriptor and never
/// through a symbolic link. The most recently used stay open, so that a file costs no walk from the top.
///
/// The handles only name a directory (`O_PATH`): search permission is enough, and reading needs another descriptor.
final class OpenDirectories implements AutoCloseable {
    /// What to do where a component is not a directory.
    enum Missing {
        REFUSE,
        /// Make it where there is nothing.
        CREATE,
        /// Make it, and remove anything else that has the name.
        REPLACE
    }

    static final int HANDLE = Call.Abi.O_PATH | Call.Abi.O_NOFOLLOW | Call.Abi.O_CLOEXEC;
    /// Attempts against another process that keeps changing the entry.
    static final int ATTEMPTS = 8;

    private static final int KEPT = 128;
    private static final int NEW_MODE = 0700;

    private final Descriptor root;
    private final Location where;
    private final Map<List<RawName>, Descriptor> open = new LinkedHashMap<>(KEPT, 0.75f, true);

    OpenDirectories(long root, Location where) {
        this.root = new Descriptor(root, where);
        this.where = where;
    }

    /// A directory in use; to be closed soon.
    record Held(Descriptor descriptor, int fd) implements AutoCloseable {
        static Held of(Descriptor descriptor) {
            return new Held(descriptor, descriptor.acquire());
        }

        @Override
        public void close() {
            descriptor.release();
        }
    }

    Location where(List<RawName> path) {
        Location at = where;
        for (RawName name : path) {
            at = at.child(name);
        }
        return at;
    }

    Held hold(Scratch scratch, List<RawName> path, Missing missing) throws IOException {
        int depth = path.size();
        Held held = deepestOpen(path);
        while (depth > 0 && held == null) {
            depth--;
            held = deepestOpen(path.subList(0, depth));
        }
        Held at = held == null ? Held.of(root) : held;
        while (depth < path.size()) {
            List<RawName> next = path.subList(0, depth + 1);
            try (Held parent = at) {
                long child = openChild(scratch, parent.fd(), path.get(depth), where(next), missing);
                at = keep(List.copyOf(next), new Descriptor(child, where(next)));
            }
            depth++;
        }
        return at;
    }

    /// Closes what was open at a path and below, because it is gone.
    void forget(List<RawName> path) {
        synchronized (open) {
            open.entrySet().removeIf(entry -> {
                List<RawName> kept = entry.getKey();
                boolean below = kept.size() >= path.size()
                        && kept.subList(0, path.size()).equals(path);
                if (below) {
                    entry.getValue().close();
                }
                return below;
            });
        }
    }

    @Override
    public void close() {
        forget(List.of());
        root.close();
    }

    private @Nullable Held deepestOpen(List<RawName> path) {
        if (path.isEmpty()) {
            return Held.of(root);
        }
        synchronized (open) {
            Descriptor known = open.get(path);
            return known == null ? null : Held.of(known);
        }
    }

    /// Another thread may have opened the same directory meanwhile; then its handle is kept.
    private Held keep(List<RawName> path, Descriptor opened) {
        synchronized (open) {
            Descriptor earlier = open.putIfAbsent(path, opened);
            if (earlier != null) {
                opened.close();
                return Held.of(earlier);
            }
            Held held = Held.of(opened);
            if (open.size() > KEPT) {
                var eldest = open.entrySet().iterator();
                eldest.next().getValue().close();
                eldest.remove();
            }
            return held;
        }
    }

    private static long openChild(Scratch scratch, int parent, RawName name, Location where, Missing missing)
            throws IOException {
        LinuxEntries.requirePlain(name, where);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long path = scratch.first(name);
            long opened = Kernel.call(scratch, Call.OPENAT, parent, path, HANDLE | Call.Abi.O_DIRECTORY, 0);
            if (opened >= 0) {
                return opened;
            }
            boolean other = opened == -Errno.ENOTDIR || opened == -Errno.ELOOP;
            if (opened == -Errno.ENOENT && missing != Missing.REFUSE) {
                expect(Kernel.call(scratch, Call.MKDIRAT, parent, path, NEW_MODE), Errno.EEXIST, where, "mkdir");
            } else if (other && missing == Missing.REPLACE) {
                expect(Kernel.call(scratch, Call.UNLINKAT, parent, path, 0), Errno.ENOENT, where, "remove");
            } else {
                throw LinuxEntries.refusal(scratch, opened, parent, path, where, "open", FileMeta.Type.DIR);
            }
        }
        throw keepsChanging(where);
    }

    /// Passes success and one tolerated error number.
    static void expect(long result, int tolerated, Object where, String operation) throws IOException {
        if (result < 0 && result != -tolerated) {
            throw Errno.failure(result, where, operation);
        }
    }

    static FileSystemException keepsChanging(Object where) {
        return new FileSystemException(where.toString(), null, "is being changed by another process");
    }
}
