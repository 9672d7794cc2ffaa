package dev.reprise.mount.fuse;

import dev.reprise.base.RawName;
import dev.reprise.mount.fuse.Attributes.Time;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A small tree that lies in memory.
final class MemoryTree {
    static final Time TIME = new Time(1_700_000_000, 123_456_789);

    private MemoryTree() {}

    static Attributes attributes(long inode, int mode, long size) {
        return new Attributes(inode, mode, size, 1, 12, 34, 0, TIME, new Time(-1, 5), TIME);
    }

    static final class Folder implements FuseNode.Directory, FuseNode.Listing {
        private final long inode;
        private final Map<RawName, FuseNode> inside = new LinkedHashMap<>();
        private final Map<RawName, Long> inodes = new LinkedHashMap<>();

        Folder(long inode) {
            this.inode = inode;
        }

        Folder with(String name, FuseNode node) throws IOException {
            return with(RawName.of(name), node);
        }

        Folder with(RawName name, FuseNode node) throws IOException {
            inside.put(name, node);
            inodes.put(name, node.attributes().inode());
            return this;
        }

        @Override
        public Attributes attributes() {
            return MemoryTree.attributes(inode, Attributes.DIRECTORY | 0755, 0);
        }

        @Override
        public @Nullable FuseNode find(RawName name) {
            return inside.get(name);
        }

        @Override
        public Listing list() {
            return this;
        }

        @Override
        public int size() {
            return inside.size();
        }

        @Override
        public RawName name(int index) {
            return List.copyOf(inside.keySet()).get(index);
        }

        @Override
        public FuseNode node(int index) {
            return List.copyOf(inside.values()).get(index);
        }

        @Override
        public int type(int index) {
            return switch (node(index)) {
                case FuseNode.Directory _ -> Attributes.DIRECTORY;
                case FuseNode.File _ -> Attributes.FILE;
                case FuseNode.Link _ -> Attributes.LINK;
                case FuseNode.Special _ -> Attributes.FIFO;
            };
        }

        @Override
        public long inode(int index) {
            return inodes.getOrDefault(name(index), 0L);
        }
    }

    /// @param said size in the attributes, which may be wrong
    record File(long inode, byte[] bytes, long said) implements FuseNode.File {
        File(long inode, byte[] bytes) {
            this(inode, bytes, bytes.length);
        }

        @Override
        public Attributes attributes() {
            return MemoryTree.attributes(inode, Attributes.FILE | 0640, said);
        }

        @Override
        public Content open() {
            return new Content() {
                @Override
                public boolean asLongAsSaid() {
                    return said == bytes.length;
                }

                @Override
                public void read(long offset, int length, Sink sink) {
                    int from = (int) Math.min(offset, bytes.length);
                    sink.put(bytes, from, Math.min(length, bytes.length - from));
                }
            };
        }

        @Override
        public List<RawName> extendedAttributes() {
            return List.of(RawName.of("user.a"), RawName.of("user.empty"));
        }

        @Override
        public byte @Nullable [] extendedAttribute(RawName name) {
            return switch (name.toString()) {
                case "user.a" -> new byte[] {1, 0, 2};
                case "user.empty" -> new byte[0];
                default -> null;
            };
        }
    }

    /// Whoever reads it gets an error.
    record Broken(long inode) implements FuseNode.File {
        @Override
        public Attributes attributes() {
            return MemoryTree.attributes(inode, Attributes.FILE | 0640, 10);
        }

        @Override
        public Content open() throws IOException {
            throw new IOException("broken on purpose");
        }
    }

    record Link(long inode, RawName target) implements FuseNode.Link {
        @Override
        public Attributes attributes() {
            return MemoryTree.attributes(inode, Attributes.LINK | 0777, target.length());
        }
    }

    record Device(long inode, long number) implements FuseNode.Special {
        @Override
        public Attributes attributes() {
            return new Attributes(inode, Attributes.CHARACTER_DEVICE | 0600, 0, 1, 0, 0, number, TIME, TIME, TIME);
        }
    }
}
