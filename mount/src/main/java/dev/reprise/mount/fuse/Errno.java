package dev.reprise.mount.fuse;

/// The kernel's error numbers used here, equal on every architecture we run on.
enum Errno {
    EPERM(1),
    ENOENT(2),
    EINTR(4),
    EIO(5),
    EAGAIN(11),
    EBUSY(16),
    ENODEV(19),
    ENOTDIR(20),
    EISDIR(21),
    EINVAL(22),
    ERANGE(34),
    ENAMETOOLONG(36),
    ENOSYS(38),
    ENODATA(61),
    EPROTO(71),
    EOPNOTSUPP(95),
    ECONNABORTED(103),
    ENOTCONN(107);

    final int number;

    Errno(int number) {
        this.number = number;
    }

    /// As people know it.
    static String describe(int number) {
        return switch (number) {
            case 1 -> "operation not permitted";
            case 2 -> "no such file or directory";
            case 13 -> "permission denied";
            case 16 -> "device or resource busy";
            case 19 -> "no such device";
            case 20 -> "not a directory";
            default -> "error number " + number;
        };
    }
}
