package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileTree.Xattr;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `java.nio` knows of an entry. With a Unix view this is all of `stat`; elsewhere type, size and times, and
/// a mode made up from the type.
final class PortableEntries {
    private static final boolean UNIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    /// Named one by one: asking for all looks up owner and group names of every file.
    private static final String ATTRIBUTES =
            "unix:mode,ino,dev,rdev,nlink,uid,gid,size,lastModifiedTime,lastAccessTime,ctime";
    private static final String USER = "user.";

    private PortableEntries() {}

    static FileMeta stat(Path path) throws IOException {
        return UNIX ? unix(path) : basic(path);
    }

    private static FileMeta unix(Path path) throws IOException {
        Map<String, Object> all = Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        Instant mtime = time(all, "lastModifiedTime");
        Instant atime = time(all, "lastAccessTime");
        Instant ctime = time(all, "ctime");
        return new FileMeta(
                (int) number(all, "mode"),
                number(all, "size"),
                number(all, "uid") & 0xFFFFFFFFL,
                number(all, "gid") & 0xFFFFFFFFL,
                number(all, "ino"),
                number(all, "dev"),
                number(all, "nlink"),
                number(all, "rdev"),
                mtime.getEpochSecond(),
                mtime.getNano(),
                atime.getEpochSecond(),
                atime.getNano(),
                ctime.getEpochSecond(),
                ctime.getNano());
    }

    private static long number(Map<String, Object> all, String attribute) {
        return all.get(attribute) instanceof Number number ? number.longValue() : 0;
    }

    private static Instant time(Map<String, Object> all, String attribute) {
        return all.get(attribute) instanceof FileTime time ? time.toInstant() : Instant.EPOCH;
    }

    private static FileMeta basic(Path path) throws IOException {
        var basic = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        int mode =
                basic.isDirectory() ? 0040755 : basic.isSymbolicLink() ? 0120777 : basic.isRegularFile() ? 0100644 : 0;
        var mtime = basic.lastModifiedTime().toInstant();
        var atime = basic.lastAccessTime().toInstant();
        return new FileMeta(
                mode,
                basic.size(),
                0,
                0,
                0,
                0,
                1,
                0,
                mtime.getEpochSecond(),
                mtime.getNano(),
                atime.getEpochSecond(),
                atime.getNano(),
                mtime.getEpochSecond(),
                mtime.getNano());
    }

    static List<RawName> names(Path directory) throws IOException {
        var names = new ArrayList<RawName>();
        try (var entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(RawPaths.name(entry));
            }
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        Collections.sort(names);
        return names;
    }

    /// Those of the name space `user.`, of files and directories.
    static List<Xattr> xattrs(Path path, FileMeta meta) throws IOException {
        UserDefinedFileAttributeView view = view(path, meta);
        if (view == null) {
            return List.of();
        }
        var attributes = new ArrayList<Xattr>();
        for (String name : view.list()) {
            ByteBuffer value = ByteBuffer.allocate(view.size(name));
            view.read(name, value);
            attributes.add(new Xattr(RawName.of(USER + name), value.array()));
        }
        return attributes;
    }

    private static @Nullable UserDefinedFileAttributeView view(Path path, FileMeta meta) {
        boolean carrier = meta.type() == FileMeta.Type.FILE || meta.type() == FileMeta.Type.DIR;
        return carrier
                ? Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                : null;
    }

    /// Reads until the buffer is full or the file ends.
    ///
    /// @return bytes read, or -1 at the end
    static int read(FileChannel channel, long position, ByteBuffer into) throws IOException {
        int done = 0;
        while (into.hasRemaining()) {
            int got = channel.read(into, position + done);
            if (got < 0) {
                return done == 0 ? -1 : done;
            }
            done += got;
        }
        return done;
    }

    static void require(Path path, FileMeta.Type type) throws IOException {
        FileMeta meta = stat(path);
        if (meta.type() != type) {
            throw LinuxEntries.unexpected(path, meta, type);
        }
    }
}
