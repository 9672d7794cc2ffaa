package dev.reprise.sources.files;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Error numbers of Linux (`asm-generic/errno.h`, the same on both architectures) and what they mean to people.
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int ENOTDIR = 20;
    static final int EISDIR = 21;
    static final int EINVAL = 22;
    static final int ETXTBSY = 26;
    static final int ERANGE = 34;
    static final int ENAMETOOLONG = 36;
    static final int ENOSYS = 38;
    static final int ENOTEMPTY = 39;
    static final int ELOOP = 40;
    static final int ENODATA = 61;
    static final int EOPNOTSUPP = 95;

    private Errno() {}

    /// The exception type Java itself would use, with the path, the operation and the system's reason.
    ///
    /// @param operation what was tried, like `open`
    static FileSystemException failure(long errno, Object path, String operation) {
        String reason = operation + ": " + reason(errno);
        return switch ((int) Math.abs(errno)) {
            case ENOENT -> new NoSuchFileException(path.toString(), null, reason);
            case EACCES, EPERM -> new AccessDeniedException(path.toString(), null, reason);
            case EEXIST -> new FileAlreadyExistsException(path.toString(), null, reason);
            default -> new FileSystemException(path.toString(), null, reason);
        };
    }

    /// The system's words for an error number, positive or negative.
    static String reason(long errno) {
        return switch ((int) Math.abs(errno)) {
            case EPERM -> "operation not permitted";
            case ENOENT -> "no such file or directory";
            case EINTR -> "interrupted system call";
            case 5 -> "input/output error";
            case ENXIO -> "no such device or address";
            case 9 -> "bad file descriptor";
            case 12 -> "cannot allocate memory";
            case EACCES -> "permission denied";
            case 16 -> "device or resource busy";
            case EEXIST -> "file exists";
            case 18 -> "invalid cross-device link";
            case 19 -> "no such device";
            case ENOTDIR -> "not a directory";
            case EISDIR -> "is a directory";
            case EINVAL -> "invalid argument";
            case 23 -> "too many open files in system";
            case 24 -> "too many open files";
            case ETXTBSY -> "text file busy";
            case 27 -> "file too large";
            case 28 -> "no space left on device";
            case 30 -> "read-only file system";
            case 31 -> "too many links";
            case ERANGE -> "numerical result out of range";
            case ENAMETOOLONG -> "file name too long";
            case ENOSYS -> "function not implemented";
            case ENOTEMPTY -> "directory not empty";
            case ELOOP -> "too many levels of symbolic links";
            case ENODATA -> "no data available";
            case 74 -> "bad message";
            case 75 -> "value too large for defined data type";
            case EOPNOTSUPP -> "operation not supported";
            case 107 -> "transport endpoint is not connected";
            case 110 -> "connection timed out";
            case 112 -> "host is down";
            case 113 -> "no route to host";
            case 116 -> "stale file handle";
            case 117 -> "structure needs cleaning";
            case 121 -> "remote input/output error";
            case 122 -> "disk quota exceeded";
            case 126 -> "required key not available";
            default -> "error number " + Math.abs(errno);
        };
    }
}
