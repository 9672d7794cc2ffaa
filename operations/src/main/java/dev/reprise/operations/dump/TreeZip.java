package dev.reprise.operations.dump;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.browse.TreeWalk;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.Utf8;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeMode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.commons.compress.archivers.zip.X7875_NewUnix;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/// Writes a tree as a zip stream: files, directories and symbolic links, with modes, owners and times. Each name of a
/// file with several is a file of its own. Devices, fifos and extended attributes have no place in it.
final class TreeZip {
    private static final int FILE = 0100000;
    private static final int DIRECTORY = 0040000;
    private static final int SYMLINK = 0120000;

    private final TreeReader reader;
    private final ZipArchiveOutputStream zip;
    private final RawName prefix;
    private long leftOut;

    private TreeZip(TreeReader reader, RawName prefix, OutputStream out) {
        this.reader = reader;
        this.prefix = prefix;
        // Its own stream type writes to files; through this one sizes follow the data.
        this.zip = new ZipArchiveOutputStream(out);
        zip.setEncoding(StandardCharsets.UTF_8.name());
        zip.setUseZip64(Zip64Mode.AsNeeded);
    }

    /// Everything below `root`, without closing `out`.
    ///
    /// @param prefix stands in front of every name, with its last `/`; empty for none
    /// @return how many entries were left out
    static long write(TreeReader reader, ObjectId root, RawName prefix, OutputStream out) throws IOException {
        var writer = new TreeZip(reader, prefix, out);
        try {
            new TreeWalk(reader).walk(root, (tree, path, node) -> {
                writer.unchecked(tree, path, node);
                return true;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        writer.zip.finish();
        return writer.leftOut;
    }

    private void unchecked(ObjectId tree, RawName path, Node node) {
        if (!node.name().isPlainName()) {
            throw RepositoryException.damaged(
                    "tree " + tree.hex(), "it holds the unsafe name \"%s\"".formatted(node.name()), null);
        }
        try {
            node(text(prefix) + text(path).substring(1), node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void node(String name, Node node) throws IOException {
        switch (node.type()) {
            case DIR -> zip.putArchiveEntry(entry(name + "/", DIRECTORY, node));
            case FILE -> {
                ZipArchiveEntry entry = entry(name, FILE, node);
                entry.setSize(node.size());
                zip.putArchiveEntry(entry);
                reader.copy(node, zip);
            }
            case SYMLINK -> {
                RawName target = node.linkTarget();
                zip.putArchiveEntry(entry(name, SYMLINK, node));
                zip.write(target == null ? new byte[0] : target.bytes());
            }
            case DEV, CHARDEV, FIFO, SOCKET, IRREGULAR -> {
                leftOut++;
                return;
            }
        }
        zip.closeArchiveEntry();
    }

    private static ZipArchiveEntry entry(String name, int type, Node node) {
        var entry = new UnixEntry(name, type | NodeMode.toUnixPermissions(node.mode()));
        entry.setMethod(type == DIRECTORY ? ZipArchiveEntry.STORED : ZipArchiveEntry.DEFLATED);
        if (type == DIRECTORY) {
            entry.setSize(0);
            entry.setCrc(0);
        }
        entry.setLastModifiedTime(FileTime.from(
                Instant.ofEpochSecond(node.mtime().epochSecond(), node.mtime().nano())));
        var owner = new X7875_NewUnix();
        owner.setUID(node.uid());
        owner.setGID(node.gid());
        entry.addExtraField(owner);
        return entry;
    }

    /// The library takes `\` in the name of an entry for `/` unless it knows before that the entry comes from Unix.
    private static final class UnixEntry extends ZipArchiveEntry {
        UnixEntry(String name, int mode) {
            super("");
            setUnixMode(mode);
            setName(name);
        }
    }

    /// Names in a zip are UTF-8: a byte that is part of no character is written as `\xe9`.
    private static String text(RawName name) {
        byte[] bytes = name.bytes();
        var text = new StringBuilder(bytes.length);
        for (int i = 0; i < bytes.length; ) {
            int size = Utf8.characterAt(bytes, i);
            text.append(size == 0 ? "\\x%02x".formatted(bytes[i]) : new String(bytes, i, size, StandardCharsets.UTF_8));
            i += Math.max(1, size);
        }
        return text.toString();
    }
}
