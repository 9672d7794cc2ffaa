package dev.reprise.storage.sftp;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.sftp.SftpRequest.Extension;
import java.io.IOException;
import java.util.Locale;

/// Says of a failure what kind it is and what the operator can do.
final class SftpFailures {
    private static final long READ_ONLY = 1;

    private final SftpAddress address;

    SftpFailures(SftpAddress address) {
        this.address = address;
    }

    /// @param what as in "could not …"
    StorageException translate(String what, IOException failure) {
        return translate(what, failure, kind(failure));
    }

    /// For a write: version 3 has no status for a full disk, so the server is asked how much
    /// space is left.
    ///
    /// @param bytes that were to be written
    StorageException translateWrite(String what, IOException failure, SftpConnection connection, long bytes) {
        Kind kind = kind(failure);
        if (kind == Kind.OTHER && failure instanceof SftpStatusException && !connection.isLost()) {
            kind = askedForSpace(connection, bytes);
        }
        return translate(what + " (" + bytes + " bytes)", failure, kind);
    }

    private StorageException translate(String what, IOException failure, Kind kind) {
        String fact = "could not " + what + " at " + address.location() + ": " + failure.getMessage();
        return new StorageException(kind, fact, hint(kind), failure);
    }

    private Kind askedForSpace(SftpConnection connection, long bytes) {
        if (!connection.offers(Extension.STATVFS)) {
            return Kind.OTHER;
        }
        try {
            SftpReply reply = connection.send(SftpRequest.space(address.path())).await();
            reply.mustBe(SftpRequest.EXTENDED_REPLY);
            return Space.of(reply).kind(bytes);
        } catch (IOException e) {
            return Kind.OTHER;
        }
    }

    StorageException notAFile(ObjectKey key) {
        String fact = key + " at " + address.location() + " is not a regular file";
        return new StorageException(Kind.OTHER, fact, "look at it and move it out of the repository", null);
    }

    StorageException tooShort(ObjectKey key, long offset, long length, long size) {
        String range = length < 0 ? "from " + offset + " on" : offset + " to " + (offset + length);
        String fact =
                key + " at " + address.location() + " has " + size + " bytes, but bytes " + range + " were asked for";
        return new StorageException(Kind.RANGE_TOO_SHORT, fact, "run \"reprise check\"", null);
    }

    private static Kind kind(IOException failure) {
        return switch (failure) {
            case SftpLostException e -> Kind.UNREACHABLE;
            case SftpStatusException e -> kind(e);
            default -> Kind.OTHER;
        };
    }

    private static Kind kind(SftpStatusException failure) {
        return switch (failure.code()) {
            case SftpStatusException.NO_SUCH_FILE, SftpStatusException.NO_SUCH_PATH -> Kind.NOT_FOUND;
            case SftpStatusException.PERMISSION_DENIED, SftpStatusException.WRITE_PROTECT -> Kind.DENIED;
            case SftpStatusException.NO_CONNECTION, SftpStatusException.CONNECTION_LOST -> Kind.UNREACHABLE;
            case SftpStatusException.NO_SPACE, SftpStatusException.QUOTA_EXCEEDED -> Kind.FULL;
            default -> kind(String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT));
        };
    }

    /// Servers that are not OpenSSH give the system's words with the status "failure".
    private static Kind kind(String words) {
        if (words.contains("no space left") || words.contains("quota exceeded")) {
            return Kind.FULL;
        }
        boolean denied = words.contains("read-only file system") || words.contains("operation not permitted");
        return denied ? Kind.DENIED : Kind.OTHER;
    }

    private static String hint(Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> "check that the path is right and the server's disk is mounted";
            case DENIED -> "log in as the user who owns the repository, or give this one access to a writable disk";
            case FULL -> "free space there and run it again; nothing under a final name is incomplete";
            case UNREACHABLE -> "check the network and the server, and run it again";
            case RANGE_TOO_SHORT, THROTTLED, ARCHIVED, OTHER -> "look into the server's log for the reason";
        };
    }

    /// What is left on the server's disk, of the answer to `statvfs@openssh.com`.
    ///
    /// @param bytes free for ordinary users
    /// @param full  whether no further file can be made
    private record Space(long bytes, boolean full, boolean readOnly) {
        static Space of(SftpReply reply) throws IOException {
            reply.longNumber(); // f_bsize
            long unit = reply.longNumber();
            reply.longNumber(); // f_blocks
            reply.longNumber(); // f_bfree
            long available = reply.longNumber();
            long files = reply.longNumber();
            reply.longNumber(); // f_ffree
            long filesLeft = reply.longNumber();
            reply.longNumber(); // f_fsid
            long flags = reply.longNumber();
            long high = Math.multiplyHigh(unit, available);
            long bytes = high != 0 || unit * available < 0 ? Long.MAX_VALUE : unit * available;
            return new Space(bytes, files > 0 && filesLeft == 0, (flags & READ_ONLY) != 0);
        }

        Kind kind(long wanted) {
            if (readOnly) {
                return Kind.DENIED;
            }
            return full || bytes < wanted + (1 << 16) ? Kind.FULL : Kind.OTHER;
        }
    }
}
