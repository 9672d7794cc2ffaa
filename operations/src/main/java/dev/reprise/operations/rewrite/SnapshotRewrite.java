package dev.reprise.operations.rewrite;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.rewrite.TreeRewriting.Rewritten;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.Snapshot.Summary;
import dev.reprise.repository.snapshot.SnapshotEdit;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Plans what becomes of snapshots under rules for their trees and with other metadata (repository format, 10.4).
///
/// New trees are stored while planning, which changes nothing for anybody; the plan is carried out after the writer
/// has finished.
public final class SnapshotRewrite {
    private final TreeRewriting trees;
    private final Change change;
    private final List<StoredSnapshot> present;

    /// What else changes, and what becomes of the old snapshots.
    ///
    /// @param host      empty to keep it
    /// @param time      null to keep it
    /// @param walk      whether trees are looked at; else only metadata changes
    /// @param summarise whether counters of files and bytes are corrected, and made where there were none
    /// @param tag       put on a snapshot that stays beside the old one
    /// @param forget    whether the old one is removed
    /// @param keepEmpty whether a snapshot stays as it is if nothing would be left of it; else it is removed
    public record Change(
            String host,
            @Nullable OffsetDateTime time,
            boolean walk,
            boolean summarise,
            String tag,
            boolean forget,
            boolean keepEmpty) {
        boolean hasMetadata() {
            return !host.isEmpty() || time != null;
        }
    }

    /// @param present every snapshot of the repository
    public SnapshotRewrite(TreeRewriting trees, Change change, List<StoredSnapshot> present) {
        this.trees = trees;
        this.change = change;
        this.present = present;
    }

    /// @return null if the snapshot stays as it is
    public @Nullable Replacement plan(StoredSnapshot old) {
        Snapshot snapshot = old.snapshot();
        ObjectId tree = snapshot.tree();
        Summary summary = snapshot.summary();
        if (change.walk()) {
            Rewritten rewritten = trees.rewrite(tree);
            if (rewritten.tree() == null) {
                return change.keepEmpty() ? null : Replacement.removal(old);
            }
            tree = rewritten.tree();
            summary = change.summarise() ? summary(summary, rewritten) : summary;
        }
        boolean same = tree.equals(snapshot.tree()) && sameTotals(summary, snapshot.summary());
        if (same && !change.hasMetadata()) {
            return null;
        }
        var edit = new SnapshotEdit(snapshot).tree(tree).summary(summary).original(old.id());
        if (!change.host().isEmpty()) {
            edit.hostname(change.host());
        }
        if (change.time() != null) {
            edit.time(change.time());
        }
        return change.forget()
                ? Replacement.of(old, edit.done(), present)
                : Replacement.beside(old, edit.addTag(change.tag()).done());
    }

    /// Plans for those that change, in the order given.
    public List<Replacement> plan(List<StoredSnapshot> chosen) {
        List<Replacement> plan = new ArrayList<>();
        for (StoredSnapshot old : chosen) {
            Replacement replacement = plan(old);
            if (replacement != null) {
                plan.add(replacement);
            }
        }
        return plan;
    }

    private static boolean sameTotals(@Nullable Summary after, @Nullable Summary before) {
        return after == null
                || (before != null
                        && after.totalFilesProcessed() == before.totalFilesProcessed()
                        && after.totalBytesProcessed() == before.totalBytesProcessed());
    }

    /// The old one with corrected totals; without an old one, everything else is zero.
    private static Summary summary(@Nullable Summary old, Rewritten rewritten) {
        if (old == null) {
            OffsetDateTime none = GoTime.parse("0001-01-01T00:00:00Z").toOffsetDateTime();
            return new Summary(none, none, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, rewritten.files(), rewritten.bytes());
        }
        return new Summary(
                old.backupStart(),
                old.backupEnd(),
                old.filesNew(),
                old.filesChanged(),
                old.filesUnmodified(),
                old.dirsNew(),
                old.dirsChanged(),
                old.dirsUnmodified(),
                old.dataBlobs(),
                old.treeBlobs(),
                old.dataAdded(),
                old.dataAddedPacked(),
                rewritten.files(),
                rewritten.bytes(),
                old.unknown());
    }
}
