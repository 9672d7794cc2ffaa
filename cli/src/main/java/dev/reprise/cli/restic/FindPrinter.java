package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What `find` prints, snapshot by snapshot; those without a hit leave no trace (repository format, section 11.2).
/// Belongs to one thread.
final class FindPrinter {
    private final CommandContext context;
    private final ResticOutput output;
    private final OutputLines lines;
    private final boolean details;
    private final boolean human;

    private @Nullable StoredSnapshot shown;
    private boolean started;
    private long hits;

    /// @param details as in `ls -l`
    FindPrinter(CommandContext context, ResticOutput output, OutputLines lines, boolean details, boolean human) {
        this.context = context;
        this.output = output;
        this.lines = lines;
        this.details = details;
        this.human = human;
    }

    /// An entry whose name matched.
    void entry(StoredSnapshot snapshot, ListedNode entry) {
        if (!output.json()) {
            introduce(snapshot);
            lines.bytes(entry.line(details, human, context.zone()));
            return;
        }
        open();
        if (!snapshot.equals(shown)) {
            endGroup(",");
            text("{\"matches\":[");
            shown = snapshot;
            hits = 0;
        }
        text(hits > 0 ? "," : "");
        lines.bytes(entry.match().toByteArray());
        hits++;
    }

    private void introduce(StoredSnapshot snapshot) {
        if (snapshot.equals(shown)) {
            return;
        }
        if (output.verbosity() >= 1) {
            text("%sFound matching entries in snapshot %s from %s\n"
                    .formatted(shown == null ? "" : "\n", snapshot.id().shortHex(), time(snapshot)));
        }
        shown = snapshot;
    }

    /// @param kind `blob` or `tree`
    /// @param tree that holds the file; null for a tree
    void object(String kind, ObjectId id, RawName path, @Nullable ObjectId tree, StoredSnapshot snapshot) {
        if (output.json()) {
            objectJson(kind, id, path, tree, snapshot);
            return;
        }
        text("Found " + kind + " " + id.hex() + "\n");
        var where = new ByteArrayOutputStream();
        where.writeBytes((tree == null ? " ... path " : " ... in file ").getBytes(StandardCharsets.US_ASCII));
        where.writeBytes(path.bytes());
        lines.bytes(where.toByteArray());
        text(tree == null ? "\n" : "\n     (tree " + tree.hex() + ")\n");
        text(" ... in snapshot %s (%s)\n".formatted(snapshot.id().shortHex(), time(snapshot)));
    }

    private void objectJson(String kind, ObjectId id, RawName path, @Nullable ObjectId tree, StoredSnapshot snapshot) {
        open();
        text(hits > 0 ? "," : "");
        var json = new GoJsonWriter()
                .raw("{\"object_type\":")
                .string(kind)
                .raw(",\"id\":")
                .id(id)
                .raw(",\"path\":")
                .string(path.bytes());
        if (tree != null) {
            json.raw(",\"parent_tree\":").id(tree);
        }
        json.raw(",\"snapshot\":").id(snapshot.id());
        json.raw(",\"time\":").time(GoTime.of(snapshot.snapshot().time())).raw('}');
        lines.bytes(json.toByteArray());
        hits++;
    }

    void end() {
        if (output.json()) {
            open();
            endGroup("");
            text("]\n");
        }
    }

    private void open() {
        if (!started) {
            text("[");
            started = true;
        }
    }

    private void endGroup(String after) {
        StoredSnapshot last = shown;
        if (last != null) {
            text("],\"hits\":%d,\"snapshot\":\"%s\"}%s"
                    .formatted(hits, last.id().hex(), after));
        }
    }

    private String time(StoredSnapshot snapshot) {
        return GoText.localTime(snapshot.snapshot().time().toEpochSecond(), context.zone());
    }

    private void text(String text) {
        lines.bytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
