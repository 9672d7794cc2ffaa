package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.io.IOException;

/// Reads by system calls on Linux.
final class LinuxFileTree implements FileTree {
    @Override
    public FileMeta stat(RawName absolutePath) throws IOException {
        try (Scratch scratch = Scratch.take();
                AbsolutePath path = AbsolutePath.resolve(scratch, absolutePath)) {
            int flags = Call.Abi.AT_SYMLINK_NOFOLLOW;
            return LinuxEntries.statx(scratch, path.directory(), scratch.first(path.rest()), flags, absolutePath);
        }
    }

    @Override
    public Directory open(RawName absolutePath) throws IOException {
        try (Scratch scratch = Scratch.take();
                AbsolutePath path = AbsolutePath.resolve(scratch, absolutePath)) {
            long name = scratch.first(path.rest());
            return LinuxDirectory.open(scratch, path.directory(), name, Location.of(absolutePath));
        }
    }

    @Override
    public String userName(long uid) {
        return OwnerNames.USERS.name(uid);
    }

    @Override
    public String groupName(long gid) {
        return OwnerNames.GROUPS.name(gid);
    }

    @Override
    public boolean complete() {
        return true;
    }
}
