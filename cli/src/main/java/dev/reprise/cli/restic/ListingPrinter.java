package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.repository.tree.NodeMode;
import dev.reprise.repository.tree.NodeType;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The forms `ls` has. Calls come in the order of the walk.
sealed interface ListingPrinter {
    void start(StoredSnapshot stored);

    /// @param wanted false for a directory that only leads to what is wanted
    void node(ListedNode entry, boolean wanted);

    /// After the content of a directory that was given to [#node].
    default void leave() {}

    default void end() {}

    /// Lines of paths, or long ones.
    ///
    /// @param folders what the user asked for, for the first line
    record Text(
            CommandContext context,
            ResticOutput output,
            OutputLines lines,
            List<String> folders,
            boolean details,
            boolean human)
            implements ListingPrinter {
        @Override
        public void start(StoredSnapshot stored) {
            String snapshot = GoText.describe(stored.id().shortHex(), stored.snapshot(), context.zone());
            output.info(snapshot + " filtered by [" + String.join(" ", folders) + "]:");
        }

        @Override
        public void node(ListedNode entry, boolean wanted) {
            ZoneId zone = context.zone();
            if (wanted) {
                lines.bytes(entry.line(details, human, zone));
            }
        }
    }

    /// One object a line, the snapshot first.
    record Json(OutputLines lines) implements ListingPrinter {
        @Override
        public void start(StoredSnapshot stored) {
            String extra = ",\"message_type\":\"snapshot\",\"struct_type\":\"snapshot\"";
            lines.json(SnapshotJson.appendAsIs(new GoJsonWriter(2048), stored, extra));
        }

        @Override
        public void node(ListedNode entry, boolean wanted) {
            if (wanted) {
                lines.json(entry.listing());
            }
        }
    }

    /// Collects everything, which takes memory, and prints it in another order.
    final class Sorted implements ListingPrinter {
        private final ListingPrinter printer;
        private final @Nullable Comparator<ListedNode> order;
        private final boolean reverse;
        private final List<ListedNode> entries = new ArrayList<>();

        Sorted(ListingPrinter printer, SortOrder order, boolean reverse) {
            this.printer = printer;
            this.order = order.comparator();
            this.reverse = reverse;
        }

        @Override
        public void start(StoredSnapshot stored) {
            printer.start(stored);
        }

        @Override
        public void node(ListedNode entry, boolean wanted) {
            if (wanted) {
                entries.add(entry);
            }
        }

        @Override
        public void end() {
            if (order != null) {
                entries.sort(order);
            }
            if (reverse) {
                Collections.reverse(entries);
            }
            entries.forEach(entry -> printer.node(entry, true));
            printer.end();
        }
    }

    /// The export format of ncdu 1, version 1.2: nested lists, the directory itself first in each.
    final class Ncdu implements ListingPrinter {
        private static final int BLOCK = 512;
        private static final int PERMISSIONS = 07777;

        private final OutputLines lines;
        private int depth;

        Ncdu(OutputLines lines) {
            this.lines = lines;
        }

        @Override
        public void start(StoredSnapshot stored) {
            depth++;
            lines.bytes(new GoJsonWriter(2048)
                    .raw("[1, 2, ")
                    .raw(SnapshotJson.encode(stored.snapshot()))
                    .raw(", [{\"name\":\"/\"}")
                    .toByteArray());
        }

        @Override
        public void node(ListedNode entry, boolean wanted) {
            text(",\n" + "  ".repeat(depth));
            if (entry.node().type() == NodeType.DIR) {
                depth++;
                text("[\n" + "  ".repeat(depth));
            }
            lines.bytes(info(entry).toByteArray());
        }

        private static GoJsonWriter info(ListedNode entry) {
            var node = entry.node();
            long size = node.type() == NodeType.FILE ? node.size() : 0;
            boolean regular = node.type() == NodeType.DIR || node.type() == NodeType.FILE;
            int mode = NodeMode.toUnixPermissions(node.mode()) & PERMISSIONS;
            return new GoJsonWriter(256)
                    .raw("{\"name\":")
                    .string(node.name().bytes())
                    .raw(",\"asize\":")
                    .unsigned(size)
                    .raw(",\"dsize\":")
                    .unsigned(Long.divideUnsigned(size + BLOCK - 1, BLOCK) * BLOCK)
                    .raw(",\"dev\":")
                    .unsigned(node.deviceId())
                    .raw(",\"ino\":")
                    .unsigned(node.inode())
                    .raw(",\"nlink\":")
                    .unsigned(node.links())
                    .raw(",\"notreg\":" + !regular + ",\"uid\":")
                    .unsigned(node.uid())
                    .raw(",\"gid\":")
                    .unsigned(node.gid())
                    .raw(",\"mode\":")
                    .number(mode)
                    .raw(",\"mtime\":")
                    .number(Math.max(0, node.mtime().epochSecond()))
                    .raw('}');
        }

        @Override
        public void leave() {
            depth--;
            text("\n" + "  ".repeat(depth) + "]");
        }

        @Override
        public void end() {
            text("\n]\n]\n");
        }

        private void text(String ascii) {
            lines.bytes(ascii.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
