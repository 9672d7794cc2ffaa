package dev.reprise.operations.backup;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A file system that exists only as a rule, for sizes no test wants to create. `/top` holds `directories`
/// directories `d…`, each of which holds `files` files `f…` whose content is their name.
record InventedTree(int directories, int files, AtomicInteger open, AtomicInteger mostOpen) implements FileTree {
    InventedTree(int directories, int files) {
        this(directories, files, new AtomicInteger(), new AtomicInteger());
    }

    @Override
    public FileMeta stat(RawName absolutePath) throws IOException {
        return meta(RawName.of("d"));
    }

    @Override
    public Directory open(RawName absolutePath) {
        return new InventedDirectory(true);
    }

    @Override
    public String userName(long uid) {
        return "root";
    }

    @Override
    public String groupName(long gid) {
        return "root";
    }

    @Override
    public boolean complete() {
        return true;
    }

    private static FileMeta meta(RawName name) {
        boolean directory = name.at(0) == 'd';
        long inode = name.hashCode();
        return new FileMeta(
                directory ? 040755 : 0100644,
                directory ? 4096 : name.length(),
                0,
                0,
                inode,
                1,
                1,
                0,
                1_700_000_000,
                1,
                0,
                0,
                1_700_000_000,
                1);
    }

    private void opened() {
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
    }

    private final class InventedDirectory implements Directory {
        private final boolean top;

        InventedDirectory(boolean top) {
            this.top = top;
            opened();
        }

        @Override
        public FileMeta meta() {
            return InventedTree.meta(RawName.of("d"));
        }

        @Override
        public List<Xattr> xattrs() {
            return List.of();
        }

        @Override
        public List<RawName> names() {
            int count = top ? directories : files;
            var names = new ArrayList<RawName>(count);
            for (int i = 0; i < count; i++) {
                names.add(RawName.of("%s%07d".formatted(top ? "d" : "f", i)));
            }
            return names;
        }

        @Override
        public FileMeta stat(RawName name) {
            return InventedTree.meta(name);
        }

        @Override
        public RawName readLink(RawName name) throws IOException {
            throw new NoSuchFileException(name.toString());
        }

        @Override
        public List<Xattr> xattrs(RawName name, FileMeta meta) {
            return List.of();
        }

        @Override
        public OpenFile openFile(RawName name) {
            return new InventedFile(name);
        }

        @Override
        public Directory openDirectory(RawName name) {
            return new InventedDirectory(false);
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }

    private final class InventedFile implements OpenFile {
        private final RawName name;

        InventedFile(RawName name) {
            this.name = name;
            opened();
        }

        @Override
        public FileMeta meta() {
            return InventedTree.meta(name);
        }

        @Override
        public List<Xattr> xattrs() {
            return List.of();
        }

        @Override
        public int read(long position, byte[] into, int offset, int length) {
            byte[] content = name.toString().getBytes(StandardCharsets.UTF_8);
            if (position >= content.length) {
                return -1;
            }
            System.arraycopy(content, (int) position, into, offset, content.length - (int) position);
            return content.length - (int) position;
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }
}
