package dev.reprise.embedded;

import dev.reprise.base.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Who a server runs as: `nobody` when this process is root, else whoever this process is.
///
/// @param change whether the user must be changed for it; `uid` and `gid` count only then
record ServerUser(boolean change, int uid, int gid) {
    /// @throws EmbeddedException when this process is root and there is no ordinary user or no way to become it
    static ServerUser current() {
        try {
            boolean root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
            return root ? nobody() : new ServerUser(false, 0, 0);
        } catch (IOException e) {
            throw new EmbeddedException("cannot tell which user this process runs as", "mount /proc", e);
        }
    }

    private static ServerUser nobody() throws IOException {
        if (DebianTools.onPath("setpriv").isEmpty()) {
            throw new EmbeddedException(
                    ExitStatus.MISSING_PROGRAM,
                    "setpriv is not on the PATH, so root cannot start a server as an ordinary user",
                    "install util-linux, or run as an ordinary user",
                    null);
        }
        for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
            String[] fields = line.split(":", -1);
            if (fields[0].equals("nobody") && fields.length > 3) {
                return new ServerUser(true, Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
            }
        }
        throw new EmbeddedException(
                "there is no user named nobody to run a server as", "run as an ordinary user", null);
    }

    /// The command to run `argv` as this user; the process keeps its id from the first program to the last.
    ///
    /// @param deathSignal sent to the process when its parent thread ends; empty for none
    List<String> command(List<String> argv, String deathSignal) {
        var command = new ArrayList<String>();
        boolean signal = !deathSignal.isEmpty() && DebianTools.onPath("setpriv").isPresent();
        if (change || signal) {
            command.add("setpriv");
        }
        if (change) {
            command.addAll(List.of("--reuid=" + uid, "--regid=" + gid, "--clear-groups"));
        }
        if (signal) {
            command.addAll(List.of("--pdeathsig", deathSignal));
        }
        if (change || signal) {
            command.add("--");
        }
        command.addAll(argv);
        return command;
    }

    /// Gives a folder and everything in it to this user.
    ///
    /// @throws EmbeddedException if the user cannot reach it because of a folder above
    void own(Path folder) throws IOException {
        if (!change) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
            }
        }
        requireReachable(folder);
    }

    /// @throws EmbeddedException if this user may not enter the folder
    void requireReachable(Path folder) throws IOException {
        if (!change) {
            return;
        }
        int status = Commands.run(command(List.of("test", "-x", folder.toString()), ""))
                .status();
        if (status != 0) {
            throw new EmbeddedException(
                    "user id " + uid + ", as which the server runs, cannot enter " + folder,
                    "choose a folder whose parents every user may enter, for example below /var/tmp",
                    null);
        }
    }
}
