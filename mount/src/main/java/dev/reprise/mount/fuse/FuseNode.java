package dev.reprise.mount.fuse;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One file, directory or link of the tree that is served. Equal nodes are the same to the kernel: it keeps open files
/// and working directories over a second look-up. Called by many threads at once.
///
/// What fails with an exception ends as `EIO` for the program that asked.
public sealed interface FuseNode {
    /// Bytes of a name at most: a directory with a longer one could not be listed at all.
    int LONGEST_NAME = 1024;

    Attributes attributes() throws IOException;

    /// False when attributes or entries may change while mounted.
    default boolean lasting() {
        return true;
    }

    /// Names of the extended attributes.
    default List<RawName> extendedAttributes() throws IOException {
        return List.of();
    }

    /// Value of one; null when there is none.
    default byte @Nullable [] extendedAttribute(RawName name) throws IOException {
        return null;
    }

    non-sealed interface Directory extends FuseNode {
        /// Null when there is none.
        @Nullable
        FuseNode find(RawName name) throws IOException;

        /// The entries as they are now, without `.` and `..`.
        Listing list() throws IOException;
    }

    /// Entries of a directory by number, from 0. Does not change.
    interface Listing {
        int size();

        RawName name(int index);

        FuseNode node(int index);

        /// The type bits of its mode.
        int type(int index);

        long inode(int index);
    }

    non-sealed interface File extends FuseNode {
        Content open() throws IOException;
    }

    /// An open file. Used by many threads at once.
    interface Content {
        /// False when the length differs from the attributes' size: reads then end at the true length.
        boolean asLongAsSaid();

        /// Gives the bytes from `offset` to `sink`, fewer than `length` only at the end.
        void read(long offset, int length, Sink sink) throws IOException;
    }

    @FunctionalInterface
    interface Sink {
        void put(byte[] from, int offset, int length);
    }

    non-sealed interface Link extends FuseNode {
        RawName target();
    }

    /// A device, a pipe or a socket.
    non-sealed interface Special extends FuseNode {}
}
