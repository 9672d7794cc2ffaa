package dev.reprise.mount.fuse;

import dev.reprise.base.ExitStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A directory over which a file system is mounted, and the descriptor through which the kernel asks what is in it.
/// Root mounts by itself; everybody else through `fusermount3`, which may do so.
public final class FuseMount {
    private static final String DEVICE = "/dev/fuse";
    private static final String PACKAGE_HINT = "install it: apt-get install fuse3";
    private static final long READ_ONLY = 1;
    private static final long NO_SET_UID = 2;
    private static final long NO_DEVICES = 4;
    private static final int DETACH = 2;
    private static final int LOOKS = 5;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final Path point;
    private final int descriptor;
    private final @Nullable String helper;

    FuseMount(Path point, int descriptor, @Nullable String helper) {
        this.point = point;
        this.descriptor = descriptor;
        this.helper = helper;
    }

    /// Mounts, read-only, without devices and set-id programs.
    ///
    /// @param point an existing directory, absolute and without links
    /// @throws FuseException if the system does not allow it, or lacks what it takes
    public static FuseMount at(Path point, MountOptions options) {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw new FuseException(
                    ExitStatus.MISSING_PROGRAM,
                    "mounting needs Linux, this is " + System.getProperty("os.name"),
                    "use \"restore\" or \"dump\" instead");
        }
        return LibC.effectiveUser() == 0 ? direct(point, options) : helped(FuseHelper.PROGRAM, point, options);
    }

    static FuseMount direct(Path point, MountOptions options) {
        int descriptor = LibC.open(DEVICE, LibC.O_RDWR | LibC.O_CLOEXEC);
        if (descriptor < 0) {
            throw noDevice(-descriptor);
        }
        String data = String.format(
                Locale.ROOT, // the kernel reads no other digits
                "fd=%d,rootmode=40000,user_id=%d,group_id=%d%s",
                descriptor,
                LibC.effectiveUser(),
                LibC.effectiveGroup(),
                options.text());
        int result = LibC.mount(options.name(), point.toString(), "fuse", READ_ONLY | NO_SET_UID | NO_DEVICES, data);
        if (result < 0) {
            LibC.close(descriptor);
            throw new FuseException(
                    ExitStatus.FAILED,
                    "mounting over %s failed: %s".formatted(point, Errno.describe(-result)),
                    result == -Errno.EPERM.number
                            ? "a container needs the capability SYS_ADMIN for this"
                            : "choose another directory");
        }
        return new FuseMount(point, descriptor, null);
    }

    private static FuseException noDevice(int number) {
        return new FuseException(
                ExitStatus.MISSING_PROGRAM,
                "cannot open %s: %s".formatted(DEVICE, Errno.describe(number)),
                "load the kernel's module (modprobe fuse); a container needs --device " + DEVICE);
    }

    /// @param program name or path of `fusermount3`
    static FuseMount helped(String program, Path point, MountOptions options) {
        String text = "ro,nosuid,nodev,fsname=" + options.name() + options.text();
        return new FuseMount(point, FuseHelper.mount(program, point, text), program);
    }

    static FuseException noHelper() {
        return new FuseException(
                ExitStatus.MISSING_PROGRAM, "the program fusermount3 is not on this machine", PACKAGE_HINT);
    }

    /// Whom the mount belongs to, as a number.
    public static long user() {
        return LibC.effectiveUser() & 0xffff_ffffL;
    }

    /// Its group.
    public static long group() {
        return LibC.effectiveGroup() & 0xffff_ffffL;
    }

    int descriptor() {
        return descriptor;
    }

    Path point() {
        return point;
    }

    /// Whether the directory still is a mount though its connection has ended. `umount -f` ends the connection first:
    /// it gets a moment to unmount.
    boolean isDead() {
        for (int looks = 0; answersDead(); looks++) {
            if (looks == LOOKS) {
                return true;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
        return false;
    }

    private boolean answersDead() {
        int opened = LibC.open(point.toString(), LibC.O_CLOEXEC);
        if (opened >= 0) {
            LibC.close(opened);
        }
        return opened == -Errno.ENOTCONN.number || opened == -Errno.ECONNABORTED.number;
    }

    /// Ends the mount in order; requests then end with `ENODEV`.
    ///
    /// @return empty, or why it is still there: most often a program that uses it
    public String unmount() {
        if (helper != null) {
            return help(helper, "-u");
        }
        int result = LibC.unmount(point.toString(), 0);
        return result == 0 ? "" : Errno.describe(-result);
    }

    /// Takes the mount out of the directory tree though programs still use it.
    public void detach() {
        if (helper != null) {
            help(helper, "-uz");
        } else {
            LibC.unmount(point.toString(), DETACH);
        }
    }

    private String help(String program, String flag) {
        try {
            Process process = new ProcessBuilder(List.of(program, flag, "--", point.toString()))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            return status == 0 ? "" : "exit status %d: %s".formatted(status, said.strip());
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
