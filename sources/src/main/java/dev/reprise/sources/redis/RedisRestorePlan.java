package dev.reprise.sources.redis;

import dev.reprise.sources.RestorePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// @param owner      the source that made the plan
/// @param folder     the data directory
/// @param files      names inside it
/// @param appendOnly whether an append-only set is built around the RDB
/// @param multiPart  whether that set is a directory with a manifest (Redis 7.0 and newer) or a single file
/// @param occupied   what is there now and will be moved aside
/// @param fileOwner  `user` or `user:group`, if files are to be given away
/// @param users      whether `users.acl` is written from `acl.txt`
record RedisRestorePlan(
        RedisSource owner,
        Path folder,
        Files files,
        boolean appendOnly,
        boolean multiPart,
        List<Path> occupied,
        Optional<String> fileOwner,
        boolean users,
        long bytes)
        implements RestorePlan {
    /// @param rdb           `dump.rdb`, the setting `dbfilename`
    /// @param appendOnly    `appendonly.aof`, the setting `appendfilename`
    /// @param appendFolder  `appendonlydir`, the setting `appenddirname`
    record Files(String rdb, String appendOnly, String appendFolder) {}

    @Override
    public List<String> steps() {
        var steps = new ArrayList<String>();
        steps.add("check that no server runs in " + folder);
        steps.add("write %s (%d bytes) beside its place and check it".formatted(files.rdb(), bytes));
        if (appendOnly) {
            steps.add(
                    multiPart
                            ? "build " + files.appendFolder() + " around it, so that it loads with append-only on too"
                            : "make " + files.appendOnly() + " of it, so that it loads with append-only on too");
        }
        if (!occupied.isEmpty()) {
            steps.add("move "
                    + occupied.stream()
                            .map(p -> String.valueOf(p.getFileName()))
                            .toList() + " aside into a folder before-restore-…");
        }
        if (users) {
            steps.add("write users.acl from acl.txt");
        }
        steps.add("put the files in place; then start the server");
        return List.copyOf(steps);
    }

    @Override
    public boolean destructive() {
        return !occupied.isEmpty();
    }

    @Override
    public String target() {
        return folder.toString();
    }
}
