package dev.reprise.cli.restic;

import dev.reprise.base.RawName;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Locale;

/// One entry of a snapshot as `ls` and `find` print it (repository format, section 11.2).
///
/// @param path from the root of what is listed, with a leading `/`
record ListedNode(RawName path, Node node) {
    /// The object `ls --json` prints for it.
    GoJsonWriter listing() {
        var json = new GoJsonWriter(640)
                .raw("{\"name\":")
                .string(node.name().bytes())
                .raw(",\"type\":\"")
                .raw(type())
                .raw("\",\"path\":")
                .string(path.bytes())
                .raw(",\"uid\":")
                .unsigned(node.uid())
                .raw(",\"gid\":")
                .unsigned(node.gid());
        if (node.type() == NodeType.FILE) {
            json.raw(",\"size\":").unsigned(node.size());
        }
        number(json, "mode", node.mode());
        json.raw(",\"permissions\":\"").raw(GoText.mode(node.mode())).raw('"');
        times(json);
        number(json, "inode", node.inode());
        return json.raw(",\"message_type\":\"node\",\"struct_type\":\"node\"}");
    }

    /// The object `find --json` prints for a match.
    GoJsonWriter match() {
        var json = new GoJsonWriter(640)
                .raw("{\"path\":")
                .string(path.bytes())
                .raw(",\"permissions\":\"")
                .raw(GoText.mode(node.mode()))
                .raw("\",\"type\":\"")
                .raw(type())
                .raw('"');
        number(json, "mode", node.mode());
        times(json);
        json.raw(",\"uid\":").unsigned(node.uid()).raw(",\"gid\":").unsigned(node.gid());
        text(json, "user", node.user().getBytes(StandardCharsets.UTF_8));
        text(json, "group", node.group().getBytes(StandardCharsets.UTF_8));
        number(json, "inode", node.inode());
        number(json, "device_id", node.deviceId());
        number(json, "size", node.size());
        number(json, "links", node.links());
        RawName target = node.linkTarget();
        text(json, "linktarget", target == null ? new byte[0] : target.bytes());
        text(json, "error", node.error().getBytes(StandardCharsets.UTF_8));
        return json.raw('}');
    }

    String type() {
        return node.type().name().toLowerCase(Locale.ROOT);
    }

    private void times(GoJsonWriter json) {
        json.raw(",\"mtime\":").time(time(node.mtime()));
        json.raw(",\"atime\":").time(time(node.atime()));
        json.raw(",\"ctime\":").time(time(node.ctime()));
    }

    private static GoTime time(NodeTime time) {
        return new GoTime(time.epochSecond(), time.nano(), time.offsetSeconds());
    }

    private static void number(GoJsonWriter json, String name, long value) {
        if (value != 0) {
            json.raw(",\"").raw(name).raw("\":").unsigned(value);
        }
    }

    private static void text(GoJsonWriter json, String name, byte[] value) {
        if (value.length > 0) {
            json.raw(",\"").raw(name).raw("\":").string(value);
        }
    }

    /// A line of text with its line end; names are the bytes they are.
    ///
    /// @param details whether mode, owner, size, time and link target are shown
    /// @param human   whether the size has a unit
    byte[] line(boolean details, boolean human, ZoneId zone) {
        var line = new ByteArrayOutputStream(120);
        if (details) {
            long size = node.type() == NodeType.FILE ? node.size() : 0;
            String shown = human ? GoText.bytes(size) : "%6s".formatted(Long.toUnsignedString(size));
            line.writeBytes("%s %5d %5d %s %s "
                    .formatted(
                            GoText.mode(node.mode() | typeBits()),
                            node.uid(),
                            node.gid(),
                            shown,
                            GoText.localTime(node.mtime().epochSecond(), zone))
                    .getBytes(StandardCharsets.US_ASCII));
        }
        line.writeBytes(path.bytes());
        RawName target = node.linkTarget();
        if (details && node.type() == NodeType.SYMLINK) {
            line.writeBytes(" -> ".getBytes(StandardCharsets.US_ASCII));
            line.writeBytes(target == null ? new byte[0] : target.bytes());
        }
        line.write('\n');
        return line.toByteArray();
    }

    /// The mode of old snapshots may lack them.
    private long typeBits() {
        return switch (node.type()) {
            case FILE, IRREGULAR -> 0;
            case DIR -> 1L << 31;
            case SYMLINK -> 1L << 27;
            case DEV -> 1L << 26;
            case CHARDEV -> (1L << 26) | (1L << 21);
            case FIFO -> 1L << 25;
            case SOCKET -> 1L << 24;
        };
    }
}
