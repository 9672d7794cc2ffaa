package dev.reprise.mount.fuse;

import dev.reprise.base.RawName;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Directories within directories, made when they are looked at: as many as wanted take no memory.
///
/// @param width  directories in each
/// @param depth  below this one
/// @param number of this one, also its inode
/// @param listed called whenever one is listed
record WideTree(int width, int depth, long number, Runnable listed) implements FuseNode.Directory, FuseNode.Listing {
    @Override
    public Attributes attributes() {
        return MemoryTree.attributes(number, Attributes.DIRECTORY | 0755, 0);
    }

    @Override
    public @Nullable FuseNode find(RawName name) throws IOException {
        int index = Integer.parseInt(name.toString().substring(1));
        return index < size() ? node(index) : null;
    }

    @Override
    public Listing list() {
        listed.run();
        return this;
    }

    @Override
    public int size() {
        return depth == 0 ? 0 : width;
    }

    @Override
    public RawName name(int index) {
        return RawName.of("d" + index);
    }

    @Override
    public FuseNode node(int index) {
        return new WideTree(width, depth - 1, inode(index), listed);
    }

    @Override
    public int type(int index) {
        return Attributes.DIRECTORY;
    }

    @Override
    public long inode(int index) {
        return number * width + index + 1;
    }
}
