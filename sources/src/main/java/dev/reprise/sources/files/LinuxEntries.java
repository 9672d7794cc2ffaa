package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What reading and restoring ask of the entries of an open directory. Every name is relative to a descriptor and
/// never followed. `where` names the entry in messages.
final class LinuxEntries {
    private LinuxEntries() {}

    static FileMeta stat(Scratch scratch, int directory, RawName name, Object where) throws IOException {
        requirePlain(name, where);
        return statx(scratch, directory, scratch.first(name), Call.Abi.AT_SYMLINK_NOFOLLOW, where);
    }

    static FileMeta stat(Scratch scratch, int descriptor, Object where) throws IOException {
        return statx(scratch, descriptor, scratch.empty(), Call.Abi.AT_EMPTY_PATH, where);
    }

    static FileMeta statx(Scratch scratch, int directory, long path, int flags, Object where) throws IOException {
        int all = flags | Call.Abi.AT_NO_AUTOMOUNT;
        long result = Kernel.call(scratch, Call.STATX, directory, path, all, Statx.BASIC, scratch.statxAddress());
        if (result < 0) {
            throw Errno.failure(result, where, "stat");
        }
        return scratch.statx();
    }

    static RawName readLink(Scratch scratch, int directory, RawName name, Object where) throws IOException {
        requirePlain(name, where);
        long length = Kernel.call(
                scratch, Call.READLINKAT, directory, scratch.first(name), scratch.dataAddress(), Scratch.DATA_BYTES);
        if (length < 0) {
            throw Errno.failure(length, where, "readlink");
        }
        return RawName.of(scratch.data(length));
    }

    /// Opens for reading without waiting and without following, and without touching the access time where the
    /// system permits that (the owner, or privilege).
    ///
    /// @return the descriptor, or a negative error number
    static long openForReading(Scratch scratch, int directory, long path, int flags) {
        int all = flags | Call.Abi.O_RDONLY | Call.Abi.O_NOFOLLOW | Call.Abi.O_NONBLOCK | Call.Abi.O_CLOEXEC;
        long opened = Kernel.call(scratch, Call.OPENAT, directory, path, all | Call.Abi.O_NOATIME, 0);
        return opened == -Errno.EPERM ? Kernel.call(scratch, Call.OPENAT, directory, path, all, 0) : opened;
    }

    /// Lists from the current position of the descriptor, which must be at the start.
    static List<RawName> names(Scratch scratch, int descriptor, Object where) throws IOException {
        var names = new ArrayList<RawName>();
        while (true) {
            long length =
                    Kernel.call(scratch, Call.GETDENTS64, descriptor, scratch.dataAddress(), Scratch.DATA_BYTES, 0);
            if (length < 0) {
                throw Errno.failure(length, where, "list directory");
            }
            if (length == 0) {
                Collections.sort(names);
                return names;
            }
            decodeEntries(scratch.data(length), names);
        }
    }

    /// `struct linux_dirent64`: inode (8), offset (8), record length (2), type (1), name ended by a zero byte.
    private static void decodeEntries(byte[] records, List<RawName> names) {
        int length;
        for (int record = 0; record < records.length; record += length) {
            length = (records[record + 16] & 0xFF) | (records[record + 17] & 0xFF) << 8;
            int start = record + 19;
            int end = start;
            while (records[end] != 0) {
                end++;
            }
            boolean dots = end - start <= 2 && records[start] == '.' && records[end - 1] == '.';
            if (!dots) {
                names.add(RawName.of(records, start, end));
            }
        }
    }

    /// Says what an entry is that could not be opened as what was expected; anything else keeps its reason.
    static IOException refusal(
            Scratch scratch, long errno, int directory, long path, Object where, String operation, FileMeta.Type type) {
        boolean kind = errno == -Errno.ELOOP || errno == -Errno.ENOTDIR || errno == -Errno.ENXIO;
        if (kind) {
            try {
                FileMeta meta = statx(scratch, directory, path, Call.Abi.AT_SYMLINK_NOFOLLOW, where);
                if (meta.type() != type) {
                    return unexpected(where, meta, type);
                }
            } catch (IOException vanished) {
                return vanished;
            }
        }
        return Errno.failure(errno, where, operation);
    }

    static FileSystemException unexpected(Object where, FileMeta meta, FileMeta.Type expected) {
        String reason = "is " + meta.type().phrase() + ", not " + expected.phrase();
        return new FileSystemException(where.toString(), null, reason);
    }

    /// A name with a slash or a zero byte, or `..`, would reach outside the directory.
    static void requirePlain(RawName name, Object where) throws IOException {
        if (!name.isPlainName()) {
            throw new FileSystemException(where.toString(), null, "refused: not a plain name: \"" + name + '"');
        }
        if (name.length() > Scratch.MAX_PATH_BYTES) {
            throw Errno.failure(Errno.ENAMETOOLONG, where, "name of " + name.length() + " bytes");
        }
    }
}
