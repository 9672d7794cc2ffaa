package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileTree.Xattr;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Applies what `java.nio` can: owner and mode where there is a Unix view, `user.` attributes and times.
final class PortableMetadata {
    private static final String USER = "user.";

    private final Path path;
    private final FileMeta meta;
    private final Predicate<RawName> chosen;
    private final List<String> problems = new ArrayList<>();

    /// @param chosen names of the extended attributes that are set and removed
    PortableMetadata(Path path, FileMeta meta, Predicate<RawName> chosen) {
        this.path = path;
        this.meta = meta;
        this.chosen = chosen;
    }

    List<String> apply(List<Xattr> listed) throws IOException {
        List<Xattr> xattrs =
                listed.stream().filter(each -> chosen.test(each.name())).toList();
        boolean unix = path.getFileSystem().supportedFileAttributeViews().contains("unix");
        boolean owned = unix && owner();
        attributes(xattrs);
        times();
        if (unix && meta.type() != FileMeta.Type.SYMLINK) {
            mode(owned);
        }
        return problems;
    }

    /// Without a way to ask for privilege, a refusal is taken as the lack of it.
    private boolean owner() throws IOException {
        FileMeta now = PortableEntries.stat(path);
        if (now.uid() == meta.uid() && now.gid() == meta.gid()) {
            return true;
        }
        try {
            Files.setAttribute(path, "unix:uid", (int) meta.uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", (int) meta.gid(), LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private void attributes(List<Xattr> wanted) {
        UserDefinedFileAttributeView view = meta.type() == FileMeta.Type.SYMLINK
                ? null
                : Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        Map<RawName, Xattr> others = new HashMap<>();
        wanted.forEach(x -> others.put(x.name(), x));
        if (view != null) {
            try {
                exchange(view, wanted, others);
            } catch (IOException failure) {
                problems.add("extended attributes were not set: " + failure.getMessage());
                return;
            }
        }
        others.keySet().forEach(name -> problems.add("extended attribute " + name + " cannot be set here"));
    }

    private void exchange(UserDefinedFileAttributeView view, List<Xattr> wanted, Map<RawName, Xattr> others)
            throws IOException {
        for (String name : view.list()) {
            RawName full = RawName.of(USER + name);
            if (chosen.test(full) && !others.containsKey(full)) {
                view.delete(name);
            }
        }
        for (Xattr attribute : wanted) {
            String name = attribute.name().toString();
            if (name.startsWith(USER)) {
                view.write(name.substring(USER.length()), ByteBuffer.wrap(attribute.value()));
                others.remove(attribute.name());
            }
        }
    }

    private void times() {
        FileTime mtime = FileTime.from(Instant.ofEpochSecond(meta.mtimeSecond(), meta.mtimeNano()));
        FileTime atime = FileTime.from(Instant.ofEpochSecond(meta.atimeSecond(), meta.atimeNano()));
        try {
            Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(mtime, atime, null);
            FileTime found = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
            if (!found.equals(mtime)) { // the JDK rounds, and cuts some times before 1970 without a word
                problems.add("times were not set: the system has " + found);
            }
        } catch (IOException failure) {
            problems.add("times were not set: " + failure.getMessage());
        }
    }

    private void mode(boolean owned) {
        int mode = meta.unixMode() & 07777;
        int allowed = owned || meta.type() == FileMeta.Type.DIR ? mode : mode & ~06000;
        if (allowed != mode) {
            problems.add("set-id bits were left out, because the owner could not be set");
        }
        try {
            Files.setAttribute(path, "unix:mode", allowed, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException failure) {
            problems.add("mode %o was not set: %s".formatted(allowed, failure.getMessage()));
        }
    }
}
