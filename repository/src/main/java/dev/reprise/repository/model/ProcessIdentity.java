package dev.reprise.repository.model;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Who writes: recorded in keys and locks, and compared by `unlock` on the same host.
///
/// @param hostname exactly what the system calls itself, no domain added
/// @param uid      0 where the system has none
public record ProcessIdentity(String hostname, String username, long pid, long uid, long gid) {
    /// This process.
    public static ProcessIdentity current() {
        long[] ids = userAndGroup();
        return new ProcessIdentity(
                hostnameOfSystem(),
                System.getProperty("user.name", ""),
                ProcessHandle.current().pid(),
                ids[0],
                ids[1]);
    }

    private static String hostnameOfSystem() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException notLinux) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unnamed) {
                return "localhost";
            }
        }
    }

    /// Real user and group ids, as the kernel tells them.
    private static long[] userAndGroup() {
        long[] ids = new long[2];
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Uid:") || line.startsWith("Gid:")) {
                    ids[line.startsWith("Uid:") ? 0 : 1] = Long.parseLong(line.split("\\s+", 3)[1]);
                }
            }
        } catch (IOException notLinux) {
            return ids;
        }
        return ids;
    }
}
