package dev.reprise.operations.backup;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTree;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The real file system, seen through a hook that is told every call beforehand and may fail, wait or change files.
/// Counts what is opened and closed.
final class WatchedTree implements FileTree {
    private final FileTree real = FileTree.local();
    private final Hook hook;
    private final AtomicInteger filesOpened = new AtomicInteger();
    private final AtomicInteger handlesOpen = new AtomicInteger();
    private final Map<String, Long> devices = new ConcurrentHashMap<>();
    private final Map<String, List<RawName>> listings = new ConcurrentHashMap<>();

    interface Hook {
        /// @param call `stat`, `open`, `names`, `readLink`, `xattrs`, `openFile`, `meta` or `read`
        /// @param path absolute and cleaned
        void before(String call, String path) throws IOException;
    }

    WatchedTree() {
        this((_, _) -> {});
    }

    WatchedTree(Hook hook) {
        this.hook = hook;
    }

    /// Makes everything at and below a path look as if it lay on another device.
    WatchedTree mounted(String path, long device) {
        devices.put(path, device);
        return this;
    }

    /// Makes a directory list these names instead of its own.
    WatchedTree listing(String path, List<RawName> names) {
        listings.put(path, names);
        return this;
    }

    int filesOpened() {
        return filesOpened.get();
    }

    int handlesOpen() {
        return handlesOpen.get();
    }

    @Override
    public FileMeta stat(RawName absolutePath) throws IOException {
        tell("stat", absolutePath);
        return moved(real.stat(absolutePath), absolutePath);
    }

    @Override
    public Directory open(RawName absolutePath) throws IOException {
        tell("open", absolutePath);
        return new WatchedDirectory(real.open(absolutePath), absolutePath);
    }

    @Override
    public String userName(long uid) {
        return real.userName(uid);
    }

    @Override
    public String groupName(long gid) {
        return real.groupName(gid);
    }

    @Override
    public boolean complete() {
        return real.complete();
    }

    private void tell(String call, RawName path) throws IOException {
        hook.before(call, TargetPath.clean(path).toString());
    }

    private FileMeta moved(FileMeta m, RawName path) {
        String cleaned = TargetPath.clean(path).toString();
        for (Map.Entry<String, Long> mount : devices.entrySet()) {
            if ((cleaned + "/").startsWith(mount.getKey() + "/")) {
                return new FileMeta(
                        m.unixMode(),
                        m.size(),
                        m.uid(),
                        m.gid(),
                        m.inode(),
                        mount.getValue(),
                        m.links(),
                        m.rdev(),
                        m.mtimeSecond(),
                        m.mtimeNano(),
                        m.atimeSecond(),
                        m.atimeNano(),
                        m.ctimeSecond(),
                        m.ctimeNano());
            }
        }
        return m;
    }

    private final class WatchedDirectory implements Directory {
        private final Directory directory;
        private final RawName path;

        WatchedDirectory(Directory directory, RawName path) {
            this.directory = directory;
            this.path = path;
            handlesOpen.incrementAndGet();
        }

        @Override
        public FileMeta meta() throws IOException {
            tell("meta", path);
            return moved(directory.meta(), path);
        }

        @Override
        public List<Xattr> xattrs() throws IOException {
            tell("xattrs", path);
            return directory.xattrs();
        }

        @Override
        public List<RawName> names() throws IOException {
            tell("names", path);
            List<RawName> listing = listings.get(TargetPath.clean(path).toString());
            return listing == null ? directory.names() : listing;
        }

        @Override
        public FileMeta stat(RawName name) throws IOException {
            tell("stat", path.child(name));
            return moved(directory.stat(name), path.child(name));
        }

        @Override
        public RawName readLink(RawName name) throws IOException {
            tell("readLink", path.child(name));
            return directory.readLink(name);
        }

        @Override
        public List<Xattr> xattrs(RawName name, FileMeta meta) throws IOException {
            tell("xattrs", path.child(name));
            return directory.xattrs(name, meta);
        }

        @Override
        public OpenFile openFile(RawName name) throws IOException {
            tell("openFile", path.child(name));
            filesOpened.incrementAndGet();
            return new WatchedFile(directory.openFile(name), path.child(name));
        }

        @Override
        public Directory openDirectory(RawName name) throws IOException {
            tell("open", path.child(name));
            return new WatchedDirectory(directory.openDirectory(name), path.child(name));
        }

        @Override
        public void close() {
            handlesOpen.decrementAndGet();
            directory.close();
        }
    }

    private final class WatchedFile implements OpenFile {
        private final OpenFile file;
        private final RawName path;

        WatchedFile(OpenFile file, RawName path) {
            this.file = file;
            this.path = path;
            handlesOpen.incrementAndGet();
        }

        @Override
        public FileMeta meta() throws IOException {
            tell("meta", path);
            return moved(file.meta(), path);
        }

        @Override
        public List<Xattr> xattrs() throws IOException {
            tell("xattrs", path);
            return file.xattrs();
        }

        @Override
        public int read(long position, byte[] into, int offset, int length) throws IOException {
            tell("read", path);
            return file.read(position, into, offset, length);
        }

        @Override
        public void close() {
            handlesOpen.decrementAndGet();
            file.close();
        }
    }
}
