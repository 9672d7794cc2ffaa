package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.prune.PruneListener;
import dev.reprise.operations.prune.PrunePlan;
import dev.reprise.operations.prune.PruneStats;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.ObjectName;
import dev.reprise.storage.ObjectType;
import java.util.List;
import java.util.Locale;

/// Prints what a prune finds and does.
final class PruneReport implements PruneListener {
    private final ResticOutput output;

    PruneReport(ResticOutput output) {
        this.output = output;
    }

    @Override
    public void phase(String text) {
        output.info(text);
    }

    @Override
    public void warning(String text) {
        output.warning(text);
    }

    @Override
    public void removed(ObjectType type, ObjectId id) {
        if (output.verbosity() >= 3) {
            output.info("removed " + ObjectName.of(type, id));
        }
    }

    /// What the plan comes to, in restic's words.
    void print(PruneStats stats) {
        var blobs = stats.blobs();
        var bytes = stats.bytes();
        var packs = stats.packs();
        output.detail("\n" + row("used", blobs.used(), bytes.used()));
        if (blobs.duplicate() > 0) {
            output.detail(row("duplicates", blobs.duplicate(), bytes.duplicate()));
        }
        output.detail(row("unused", blobs.unused(), bytes.unused()));
        if (bytes.unreferenced() > 0) {
            output.detail("unreferenced:                    " + GoText.bytes(bytes.unreferenced()));
        }
        output.detail(row("total", blobs.total(), bytes.total()));
        output.detail("unused size: " + percent(bytes.duplicate() + bytes.unused(), bytes.total()) + " of total size");
        output.info("\n" + row("to repack", blobs.repack(), bytes.repack()));
        output.info(row("this removes", blobs.repackRemove(), bytes.repackRemove()));
        output.info(row("to delete", blobs.remove(), bytes.remove() + bytes.unreferenced()));
        output.info(row("total prune", blobs.removeTotal(), bytes.removeTotal()));
        if (bytes.uncompressed() > 0) {
            output.info("not yet compressed:              " + GoText.bytes(bytes.uncompressed()));
        }
        output.info(row("remaining", blobs.remaining(), bytes.remaining()));
        output.info("unused size after prune: %s (%s of remaining size)\n"
                .formatted(GoText.bytes(bytes.remainingUnused()), percent(bytes.remainingUnused(), bytes.remaining())));
        output.detail("totally used packs: %10d".formatted(packs.used()));
        output.detail("partly used packs:  %10d".formatted(packs.partlyUsed()));
        output.detail("unused packs:       %10d\n".formatted(packs.unused()));
        output.detail("to keep:      %10d packs".formatted(packs.keep()));
        output.detail("to repack:    %10d packs".formatted(packs.repack()));
        output.detail("to delete:    %10d packs".formatted(packs.remove()));
        if (packs.unreferenced() > 0) {
            output.detail("to delete:    %10d unreferenced packs\n".formatted(packs.unreferenced()));
        }
    }

    /// What waits for its deletion, and what will: nothing where no program ever marked a pack.
    void printMarks(PrunePlan plan) {
        if (plan.options().twoPhase()) {
            output.info("not deleted at once, but marked: a prune %s later or more deletes it"
                    .formatted(GoDuration.text(plan.options().markAge())));
        }
        if (!plan.waiting().isEmpty()) {
            output.info("marked before, still waiting: %d packs"
                    .formatted(plan.waiting().size()));
        }
        if (!plan.removedMarked().isEmpty()) {
            output.info("marked long enough ago, to delete: %d packs"
                    .formatted(plan.removedMarked().size()));
        }
    }

    private static String row(String what, long blobs, long bytes) {
        return "%-13s %10d blobs / %s".formatted(what + ":", blobs, GoText.bytes(bytes));
    }

    /// The packs a dry run would touch, with `-v`.
    void printPacks(PrunePlan plan) {
        boolean marks = plan.options().twoPhase();
        String removed = marks ? "marked" : "removed";
        if (!plan.unreferenced().isEmpty()) {
            list("Would have " + removed + " the following unreferenced packs:", plan.unreferenced());
        }
        list("Would have repacked and " + removed + " the following packs:", plan.repacked());
        list("Would have " + removed + " the following no longer used packs:", marks ? plan.marked() : plan.removed());
        if (!plan.removedMarked().isEmpty()) {
            list("Would have removed the following packs that were marked for deletion:", plan.removedMarked());
        }
    }

    private void list(String heading, List<ObjectId> packs) {
        if (output.verbosity() >= 2) {
            String ids = String.join(" ", packs.stream().map(ObjectId::shortHex).toList());
            output.detail(heading + "\n[" + ids + "]\n");
        }
    }

    /// restic's summary line, which versions after 0.19.1 print.
    static GoJsonWriter json(PruneStats stats) {
        var json = new GoJsonWriter().raw("{\"message_type\":\"summary\"");
        var blobs = stats.blobs();
        json.raw(",\"blobs\":{\"used\":").number(blobs.used());
        member(json, "duplicate", blobs.duplicate());
        member(json, "unused", blobs.unused());
        member(json, "total", blobs.total());
        member(json, "repack", blobs.repack());
        member(json, "repack_remove", blobs.repackRemove());
        member(json, "remove", blobs.remove());
        member(json, "remove_total", blobs.removeTotal());
        member(json, "remaining", blobs.remaining());
        var bytes = stats.bytes();
        json.raw("},\"bytes\":{\"used\":").number(bytes.used());
        member(json, "duplicate", bytes.duplicate());
        member(json, "unused", bytes.unused());
        member(json, "unreferenced", bytes.unreferenced());
        member(json, "uncompressed", bytes.uncompressed());
        member(json, "total", bytes.total());
        member(json, "repack", bytes.repack());
        member(json, "repack_remove", bytes.repackRemove());
        member(json, "remove", bytes.remove());
        member(json, "remove_total", bytes.removeTotal());
        member(json, "remaining", bytes.remaining());
        member(json, "remaining_unused", bytes.remainingUnused());
        var packs = stats.packs();
        json.raw("},\"packfiles\":{\"used\":").number(packs.used());
        member(json, "unused", packs.unused());
        member(json, "partly_used", packs.partlyUsed());
        member(json, "unreferenced", packs.unreferenced());
        member(json, "total", packs.total());
        member(json, "keep", packs.keep());
        member(json, "repack", packs.repack());
        member(json, "remove", packs.remove());
        member(json, "remove_total", packs.removeTotal());
        return json.raw("}}");
    }

    private static void member(GoJsonWriter json, String name, long value) {
        json.raw(",\"").raw(name).raw("\":").number(value);
    }

    private static String percent(long part, long whole) {
        return whole == 0 ? "" : String.format(Locale.ROOT, "%.2f%%", Math.min(100, 100.0 * part / whole));
    }
}
