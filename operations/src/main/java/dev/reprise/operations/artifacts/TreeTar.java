package dev.reprise.operations.artifacts;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.browse.TreeWalk;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeMode;
import dev.reprise.repository.tree.NodeTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
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
     * names longer than the header's field use GNU's long-name records, which are bytes as well. Extended attributes
     * and parts of a second go into an extended header of our own making, because the library's are UTF-8 text.
     */
    private final TreeReader reader;
    private final TarArchiveOutputStream tar;
    private final Map<String, String> firstNames = new HashMap<>();
    private long entries;
    private long leftOut;

    private TreeTar(TreeReader reader, TarArchiveOutputStream tar) {
        this.reader = reader;
        this.tar = tar;
    }

    /// What came out.
    ///
    /// @param leftOut sockets and the like, for which tar has no word
    public record Written(long entries, long leftOut) {}

    /// Writes everything below `root`, names relative to it, without closing `out`.
    ///
    /// @throws RepositoryException if something cannot be read; the stream is then
    ///         worthless
    public static Written write(TreeReader reader, ObjectId root, OutputStream out) throws IOException {
        return write(reader, root, RawName.of(""), out);
    }

    /// As above.
    ///
    /// @param prefix stands in front of every name, with its last `/`; empty for none
    public static Written write(TreeReader reader, ObjectId root, RawName prefix, OutputStream out) throws IOException {
        var tar = new TarArchiveOutputStream(out, StandardCharsets.ISO_8859_1.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
        var writer = new TreeTar(reader, tar);
        writer.entries(root, text(prefix));
        tar.finish();
        return new Written(writer.entries, writer.leftOut);
    }

    private void entries(ObjectId root, String prefix) throws IOException {
        try {
            new TreeWalk(reader).walk(root, (tree, path, node) -> {
                refuseUnsafe(tree, node);
                try {
                    node(prefix + text(path).substring(1), node);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return true;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// A name like `../x` would leave the folder an archive is unpacked in.
    private static void refuseUnsafe(ObjectId tree, Node node) {
        if (!node.name().isPlainName()) {
            throw RepositoryException.damaged(
                    "tree " + tree.hex(), "it holds the unsafe name \"%s\"".formatted(node.name()), null);
        }
    }

    private void node(String name, Node node) throws IOException {
        switch (node.type()) {
            case FILE -> file(name, node);
            case DIR -> put(entry(name + "/", TarConstants.LF_DIR, node), node);
            case SYMLINK -> {
                TarArchiveEntry entry = entry(name, TarConstants.LF_SYMLINK, node);
                RawName target = node.linkTarget();
                entry.setLinkName(target == null ? "" : text(target));
                put(entry, node);
            }
            case DEV -> put(device(entry(name, TarConstants.LF_BLK, node), node), node);
            case CHARDEV -> put(device(entry(name, TarConstants.LF_CHR, node), node), node);
            case FIFO -> put(entry(name, TarConstants.LF_FIFO, node), node);
            case SOCKET, IRREGULAR -> leftOut++;
        }
    }

    private void file(String name, Node node) throws IOException {
        String first = node.links() > 1 ? firstNames.putIfAbsent(node.deviceId() + ":" + node.inode(), name) : null;
        if (first != null) {
            TarArchiveEntry entry = entry(name, TarConstants.LF_LINK, node);
            entry.setLinkName(first);
            put(entry, node);
            return;
        }
        TarArchiveEntry entry = entry(name, TarConstants.LF_NORMAL, node);
        entry.setSize(node.size());
        extendedHeader(node);
        tar.putArchiveEntry(entry);
        reader.copy(node, tar);
        tar.closeArchiveEntry();
        entries++;
    }

    private void put(TarArchiveEntry entry, Node node) throws IOException {
        extendedHeader(node);
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
        entry.setLastModifiedTime(
                FileTime.from(Instant.ofEpochSecond(node.mtime().epochSecond())));
        return entry;
    }

    /// POSIX extended header for the entry that follows: records of `length key=value` (pax, section 4.4).
    private void extendedHeader(Node node) throws IOException {
        var records = new ByteArrayOutputStream();
        NodeTime mtime = node.mtime();
        if (mtime.nano() != 0) {
            // A fraction counts away from zero: half a second before 1970 is -0.5, stored as second -1, nano 500000000.
            BigDecimal seconds = BigDecimal.valueOf(mtime.epochSecond()).add(BigDecimal.valueOf(mtime.nano(), 9));
            record(records, "mtime".getBytes(US_ASCII), seconds.toPlainString().getBytes(US_ASCII));
        }
        for (Node.ExtendedAttribute attribute : node.extendedAttributes()) {
            accessControlList(records, attribute);
            var key = new ByteArrayOutputStream();
            key.writeBytes("SCHILY.xattr.".getBytes(US_ASCII));
            key.writeBytes(attribute.name().getBytes(StandardCharsets.UTF_8));
            record(records, key.toByteArray(), attribute.value());
        }
        if (records.size() > 0) {
            var header = new TarArchiveEntry("PaxHeaders/extended", TarConstants.LF_PAX_EXTENDED_HEADER_LC);
            header.setLastModifiedTime(FileTime.from(Instant.EPOCH));
            header.setSize(records.size());
            tar.putArchiveEntry(header);
            records.writeTo(tar);
            tar.closeArchiveEntry();
        }
    }

    /// The text that tar programs restore with `--acls`, beside the attribute itself.
    private static void accessControlList(ByteArrayOutputStream records, Node.ExtendedAttribute attribute) {
        String key = AclText.key(attribute.name());
        String text = key.isEmpty() ? "" : AclText.of(attribute.value());
        if (!text.isEmpty()) {
            record(records, key.getBytes(US_ASCII), text.getBytes(US_ASCII));
        }
    }

    /// The length counts its own digits.
    private static void record(ByteArrayOutputStream out, byte[] key, byte[] value) {
        int rest = key.length + value.length + 3;
        int length = rest + String.valueOf(rest).length();
        length = rest + String.valueOf(length).length();
        out.writeBytes((length + " ").getBytes(US_ASCII));
        out.writeBytes(key);
        out.write('=');
        out.writeBytes(value);
        out.write('\n');
    }

    private static String text(RawName name) {
        return new String(name.bytes(), StandardCharsets.ISO_8859_1);
    }
}
