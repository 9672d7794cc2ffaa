package dev.reprise.mount;

import dev.reprise.base.RawName;

/// Inode numbers made of where a node lies, so that they are the same at the next mount.
final class Inodes {
    static final long ROOT = 1;
    private static final long PRIME = 0x100000001b3L;
    private static final long BASIS = 0xcbf29ce484222325L;

    private Inodes() {}

    /// Of an entry of a directory.
    static long below(long directory, RawName name) {
        long hash = word(BASIS, directory);
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ (name.at(i) & 0xff)) * PRIME;
        }
        return mixed(hash);
    }

    /// Of every name of a file with several, within one snapshot.
    static long linked(long snapshot, long device, long inode) {
        return mixed(word(word(word(BASIS ^ 1, snapshot), device), inode));
    }

    private static long word(long hash, long word) {
        long next = hash;
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            next = (next ^ ((word >>> shift) & 0xff)) * PRIME;
        }
        return next;
    }

    /// Spreads the bits, leaves out the sign, which some programs cannot show, and the numbers with a meaning.
    private static long mixed(long hash) {
        long mixed = hash ^ (hash >>> 33);
        mixed *= 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) & Long.MAX_VALUE;
        return mixed <= ROOT ? mixed + 2 : mixed;
    }
}
