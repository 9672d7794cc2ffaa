package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileTree.Xattr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/*
 * Everything is applied through one handle (`O_PATH`) of the entry, which names the entry itself also when it is a
 * symbolic link, and which nobody can exchange. Calls that do not take such a handle get `/proc/self/fd/N`, which
 * leads to exactly what the handle holds.
 *
 * The order matters: a change of owner clears set-id bits and capabilities, attributes may hold an access control
 * list that changes the mode, and writing any of these must not be prevented by a mode without permission.
 */
final class LinuxMetadata {
    private static final int PERMISSIONS = 07777;
    private static final int SET_ID = 06000;
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    /// Whether a refused change of owner would be a surprise.
    private final boolean mayChown;
    private final Predicate<RawName> chosen;

    private LinuxMetadata(boolean mayChown, Predicate<RawName> chosen) {
        this.mayChown = mayChown;
        this.chosen = chosen;
    }

    /// `CAP_CHOWN` is bit 0 of the effective capabilities.
    ///
    /// @param attributes names of the extended attributes that are set and removed
    static LinuxMetadata ofThisProcess(Predicate<RawName> attributes) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("CapEff:")) {
                long capabilities = Long.parseUnsignedLong(line.substring(7).strip(), 16);
                return new LinuxMetadata((capabilities & 1) != 0, attributes);
            }
        }
        return new LinuxMetadata(true, attributes);
    }

    /// @return one sentence for everything that could not be applied
    List<String> apply(Scratch scratch, int handle, Location where, FileMeta meta, List<Xattr> xattrs)
            throws IOException {
        FileMeta now = LinuxEntries.stat(scratch, handle, where);
        if (now.type() != meta.type()) {
            throw LinuxEntries.unexpected(where, now, meta.type());
        }
        var problems = new ArrayList<String>();
        boolean owned = owner(scratch, handle, now, meta, problems);
        attributes(scratch, handle, where, xattrs, problems);
        times(scratch, handle, meta, problems);
        if (meta.type() != FileMeta.Type.SYMLINK) {
            mode(scratch, handle, meta, owned, problems);
        }
        return problems;
    }

    /// @return whether the entry has the owner it should have
    private boolean owner(Scratch scratch, int handle, FileMeta now, FileMeta meta, List<String> problems) {
        if (now.uid() == meta.uid() && now.gid() == meta.gid()) {
            return true;
        }
        long result = Kernel.call(
                scratch, Call.FCHOWNAT, handle, scratch.empty(), meta.uid(), meta.gid(), Call.Abi.AT_EMPTY_PATH);
        boolean notPrivileged = result == -Errno.EPERM && !mayChown;
        if (result < 0 && !notPrivileged) {
            problems.add("owner " + meta.uid() + ":" + meta.gid() + " was not set: " + Errno.reason(result));
        }
        return result >= 0;
    }

    private void attributes(Scratch scratch, int handle, Location where, List<Xattr> listed, List<String> problems) {
        List<Xattr> wanted =
                listed.stream().filter(each -> chosen.test(each.name())).toList();
        Map<RawName, byte[]> extra = present(scratch, handle, where, wanted, problems);
        for (Xattr attribute : wanted) {
            byte[] old = extra.remove(attribute.name());
            if (old == null || !Arrays.equals(old, attribute.value())) {
                set(scratch, handle, attribute, problems);
            }
        }
        for (RawName name : extra.keySet()) {
            if (chosen.test(name)) {
                remove(scratch, handle, name, problems);
            }
        }
    }

    private static Map<RawName, byte[]> present(
            Scratch scratch, int handle, Location where, List<Xattr> wanted, List<String> problems) {
        var present = new HashMap<RawName, byte[]>();
        try {
            long path = scratch.descriptorPath(handle);
            for (Xattr attribute : LinuxXattrs.BY_HANDLE.read(scratch, path, where)) {
                present.put(attribute.name(), attribute.value());
            }
        } catch (IOException unreadable) {
            if (!wanted.isEmpty()) {
                problems.add("extended attributes were not compared: " + unreadable.getMessage());
            }
        }
        return present;
    }

    private static void set(Scratch scratch, int handle, Xattr attribute, List<String> problems) {
        byte[] value = attribute.value();
        long result = -Errno.ERANGE;
        if (value.length <= Scratch.DATA_BYTES && isName(attribute.name())) {
            scratch.copyIn(value, 0, value.length);
            long path = scratch.descriptorPath(handle);
            long name = scratch.second(attribute.name());
            result = Kernel.call(scratch, Call.SETXATTR, path, name, scratch.dataAddress(), value.length, 0);
        }
        if (result < 0) {
            problems.add("extended attribute " + attribute.name() + " was not set: " + Errno.reason(result));
        }
    }

    /// What the system itself put there (labels, measurements) cannot always be removed and was not asked for.
    private static void remove(Scratch scratch, int handle, RawName name, List<String> problems) {
        long path = scratch.descriptorPath(handle);
        long result = Kernel.call(scratch, Call.REMOVEXATTR, path, scratch.second(name), 0);
        boolean own =
                !name.toString().startsWith("security.") && !name.toString().startsWith("system.");
        if (result < 0 && result != -Errno.ENODATA && own) {
            problems.add("extended attribute " + name + " was not removed: " + Errno.reason(result));
        }
    }

    /// A zero byte inside would name another attribute.
    private static boolean isName(RawName name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.at(i) == 0) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= Scratch.MAX_PATH_BYTES;
    }

    private static void times(Scratch scratch, int handle, FileMeta meta, List<String> problems) {
        long times = scratch.times(meta.atimeSecond(), meta.atimeNano(), meta.mtimeSecond(), meta.mtimeNano());
        long result = isNano(meta.atimeNano()) && isNano(meta.mtimeNano())
                ? Kernel.call(scratch, Call.UTIMENSAT, Call.Abi.AT_FDCWD, scratch.descriptorPath(handle), times, 0)
                : -Errno.EINVAL;
        if (result < 0) {
            problems.add("times were not set: " + Errno.reason(result));
        }
    }

    /// The system gives larger numbers another meaning ("now", "leave").
    private static boolean isNano(int nano) {
        return nano >= 0 && nano < NANOS_PER_SECOND;
    }

    /// Set-id bits are left out where the owner could not be restored: they would hand out the rights of whoever
    /// restores.
    private static void mode(Scratch scratch, int handle, FileMeta meta, boolean owned, List<String> problems) {
        int mode = meta.unixMode() & PERMISSIONS;
        int allowed = owned || meta.type() == FileMeta.Type.DIR ? mode : mode & ~SET_ID;
        if (allowed != mode) {
            problems.add("set-id bits were left out, because the owner could not be set");
        }
        long path = scratch.descriptorPath(handle);
        long result = Kernel.call(scratch, Call.FCHMODAT, Call.Abi.AT_FDCWD, path, allowed);
        if (result < 0) {
            problems.add("mode %o was not set: %s".formatted(allowed, Errno.reason(result)));
        }
    }
}
