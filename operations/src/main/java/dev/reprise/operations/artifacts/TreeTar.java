package dev.reprise.operations.artifacts;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// Writes a tree as a tar stream with owners, modes, times, links of both kinds, devices and extended attributes.
public final class TreeTar {
    /*
     * Names are raw bytes. Taken as ISO 8859-1 text and written in that encoding, every byte comes out as it went in;
     * names longer than the header's field use GNU's long-name records, which are bytes as well.
     */
    /// Twice what Linux takes as one path; also bounds how deep a hostile tree can lead.
    private static final int LONGEST_PATH_BYTES = 8192;

    private final TreeReader reader;
    private final TarArchiveOutputStream tar;
    private final Map<String, String> firstNames = new HashMap<>();
    private long entries;

    private TreeTar(TreeReader reader, TarArchiveOutputStream tar) {
        this.reader = reader;
        this.tar = tar;
    }

    /// Writes everything below `root`, names relative to it, without closing `out`.
    ///
    /// @return number of entries
    /// @throws dev.reprise.repository.model.RepositoryException if something cannot be read; the stream is then
    ///         worthless
    public static long write(TreeReader reader, ObjectId root, OutputStream out) throws IOException {
        var tar = new TarArchiveOutputStream(out, StandardCharsets.ISO_8859_1.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        var writer = new TreeTar(reader, tar);
        writer.directory("", root);
        tar.finish();
        return writer.entries;
    }

    private void directory(String prefix, ObjectId tree) throws IOException {
        if (prefix.length() > LONGEST_PATH_BYTES) {
            throw new IOException("a path in the tree is longer than " + LONGEST_PATH_BYTES + " bytes");
        }
        for (Node node : reader.tree(tree)) {
            String name = prefix + text(node.name());
            node(name, node);
            ObjectId subtree = node.subtree();
            if (subtree != null) {
                directory(name + "/", subtree);
            }
        }
    }

    private void node(String name, Node node) throws IOException {
        switch (node.type()) {
            case FILE -> file(name, node);
            case DIR -> put(entry(name + "/", TarConstants.LF_DIR, node));
            case SYMLINK -> {
                TarArchiveEntry entry = entry(name, TarConstants.LF_SYMLINK, node);
                RawName target = node.linkTarget();
                entry.setLinkName(target == null ? "" : text(target));
                put(entry);
            }
            case DEV -> put(device(entry(name, TarConstants.LF_BLK, node), node));
            case CHARDEV -> put(device(entry(name, TarConstants.LF_CHR, node), node));
            case FIFO -> put(entry(name, TarConstants.LF_FIFO, node));
            case SOCKET, IRREGULAR -> {} // tar has no word for them
        }
    }

    private void file(String name, Node node) throws IOException {
        String first = node.links() > 1 ? firstNames.putIfAbsent(node.deviceId() + ":" + node.inode(), name) : null;
        if (first != null) {
            TarArchiveEntry entry = entry(name, TarConstants.LF_LINK, node);
            entry.setLinkName(first);
            put(entry);
            return;
        }
        TarArchiveEntry entry = entry(name, TarConstants.LF_NORMAL, node);
        entry.setSize(node.size());
        tar.putArchiveEntry(entry);
        try (InputStream content = reader.open(node)) {
            content.transferTo(tar);
        }
        tar.closeArchiveEntry();
        entries++;
    }

    private void put(TarArchiveEntry entry) throws IOException {
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
        entries++;
    }

    private static TarArchiveEntry device(TarArchiveEntry entry, Node node) {
        long device = node.device();
        entry.setDevMajor((int) ((device >>> 8) & 0xfff));
        entry.setDevMinor((int) ((device & 0xff) | ((device >>> 12) & 0xfff00)));
        return entry;
    }

    private static TarArchiveEntry entry(String name, byte kind, Node node) {
        var entry = new TarArchiveEntry(name, kind, true);
        entry.setSize(0);
        entry.setMode(NodeMode.toUnixPermissions(node.mode()));
        entry.setUserId(node.uid());
        entry.setGroupId(node.gid());
        entry.setUserName(node.user());
        entry.setGroupName(node.group());
        entry.setLastModifiedTime(FileTime.from(
                Instant.ofEpochSecond(node.mtime().epochSecond(), node.mtime().nano())));
        for (Node.ExtendedAttribute attribute : node.extendedAttributes()) {
            entry.addPaxHeader(
                    "SCHILY.xattr." + attribute.name(), new String(attribute.value(), StandardCharsets.ISO_8859_1));
        }
        return entry;
    }

    private static String text(RawName name) {
        return new String(name.bytes(), StandardCharsets.ISO_8859_1);
    }
}
