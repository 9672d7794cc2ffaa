package dev.reprise.sources.files;

import java.util.Locale;

/// The system calls used here, with their numbers on the two supported architectures.
///
/// Source: the kernel's `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`.
/// Numbers are part of the kernel's promise to programs and never change.
enum Call {
    CLOSE(3, 57),
    LSEEK(8, 62),
    PREAD64(17, 67),
    PWRITE64(18, 68),
    FTRUNCATE(77, 46),
    GETDENTS64(217, 61),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    FCHOWNAT(260, 54),
    UNLINKAT(263, 35),
    LINKAT(265, 37),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    FCHMODAT(268, 53),
    UTIMENSAT(280, 88),
    STATX(332, 291),

    SETXATTR(188, 5),
    GETXATTR(191, 8),
    LGETXATTR(192, 9),
    FGETXATTR(193, 10),
    LISTXATTR(194, 11),
    LLISTXATTR(195, 12),
    FLISTXATTR(196, 13),
    REMOVEXATTR(197, 14),
    /// Since Linux 6.13.
    LISTXATTRAT(465, 465);

    final long number;

    Call(int x86, int arm) {
        this.number = Abi.ARM ? arm : x86;
    }

    /// What differs between architectures or is shared by all calls. Values are octal where the kernel's are.
    static final class Abi {
        private static final String MACHINE = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        static final boolean ARM = MACHINE.equals("aarch64");
        static final boolean SUPPORTED =
                System.getProperty("os.name", "").equals("Linux") && (ARM || MACHINE.equals("amd64"));

        static final int O_RDONLY = 0;
        static final int O_RDWR = 02;
        static final int O_CREAT = 0100;
        static final int O_EXCL = 0200;
        static final int O_NONBLOCK = 04000;
        static final int O_DIRECTORY = ARM ? 040000 : 0200000;
        static final int O_NOFOLLOW = ARM ? 0100000 : 0400000;
        static final int O_NOATIME = 01000000;
        static final int O_CLOEXEC = 02000000;
        /// A handle that names an entry without opening it: no permission on the entry needed, no side effect.
        static final int O_PATH = 010000000;

        static final int AT_FDCWD = -100;
        static final int AT_SYMLINK_NOFOLLOW = 0x100;
        static final int AT_REMOVEDIR = 0x200;
        static final int AT_NO_AUTOMOUNT = 0x800;
        static final int AT_EMPTY_PATH = 0x1000;

        private Abi() {}
    }
}
