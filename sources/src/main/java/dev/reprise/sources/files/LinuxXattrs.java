package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileTree.Xattr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads extended attributes of every name space.
///
/// They can be reached by a descriptor that is open for reading, or by a path. There is no form relative to a
/// directory descriptor, so entries are named below `/proc/self/fd`, which leads to what the descriptor holds and
/// not to whatever lies under its old path. The kernel's limits (64 KiB for a value, 64 KiB for the list) are
/// smaller than the buffer, so one call gives either.
enum LinuxXattrs {
    /// First argument: a descriptor open for reading.
    BY_DESCRIPTOR(Call.FLISTXATTR, Call.FGETXATTR),
    /// First argument: a path whose last component is not followed.
    BY_NAME(Call.LLISTXATTR, Call.LGETXATTR),
    /// First argument: `/proc/self/fd/N`, which must be followed once to reach what the descriptor holds.
    BY_HANDLE(Call.LISTXATTR, Call.GETXATTR);

    private static volatile boolean listsRelative = true;

    private final Call list;
    private final Call get;

    LinuxXattrs(Call list, Call get) {
        this.list = list;
        this.get = get;
    }

    /// @param subject the first argument, in the scratch where it is a path
    List<Xattr> read(Scratch scratch, long subject, Object where) throws IOException {
        List<RawName> names = names(scratch, subject, where);
        if (names.isEmpty()) {
            return List.of();
        }
        var attributes = new ArrayList<Xattr>(names.size());
        for (RawName name : names) {
            long length =
                    Kernel.call(scratch, get, subject, scratch.second(name), scratch.dataAddress(), Scratch.DATA_BYTES);
            if (length >= 0) {
                attributes.add(new Xattr(name, scratch.data(length)));
            } else if (length != -Errno.ENODATA) {
                throw Errno.failure(length, where, "read extended attribute " + name);
            }
        }
        return attributes;
    }

    /// Reads those of an entry of an open directory.
    ///
    /// Most entries have none. Newer kernels say so relative to the directory, in a fraction of the time the way
    /// through `/proc` takes; older ones, and sandboxes that do not know the call, are asked the other way.
    static List<Xattr> ofEntry(Scratch scratch, int directory, RawName name, Object where) throws IOException {
        LinuxEntries.requirePlain(name, where);
        if (listsRelative) {
            long length = Kernel.call(
                    scratch,
                    Call.LISTXATTRAT,
                    directory,
                    scratch.first(name),
                    Call.Abi.AT_SYMLINK_NOFOLLOW,
                    scratch.dataAddress(),
                    Scratch.DATA_BYTES);
            if (length == 0) {
                return List.of();
            }
            listsRelative = length != -Errno.ENOSYS;
        }
        return BY_NAME.read(scratch, scratch.descriptorPath(directory, name), where);
    }

    private List<RawName> names(Scratch scratch, long subject, Object where) throws IOException {
        long length = Kernel.call(scratch, list, subject, scratch.dataAddress(), Scratch.DATA_BYTES, 0);
        if (length == 0 || length == -Errno.EOPNOTSUPP) {
            return List.of();
        }
        if (length < 0) {
            throw Errno.failure(length, where, "list extended attributes");
        }
        return split(scratch.data(length));
    }

    /// Names one after the other, each ended by a zero byte.
    private static List<RawName> split(byte[] list) {
        var names = new ArrayList<RawName>();
        int start = 0;
        for (int i = 0; i < list.length; i++) {
            if (list[i] == 0) {
                names.add(RawName.of(list, start, i));
                start = i + 1;
            }
        }
        return names;
    }
}
