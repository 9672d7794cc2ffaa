package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.rewrite.Replacement;
import org.jspecify.annotations.Nullable;

/// Tells what became of snapshots that were rewritten or repaired, in restic's words.
final class RewriteReport {
    private final ResticOutput output;
    private final boolean dryRun;

    RewriteReport(ResticOutput output, boolean dryRun) {
        this.output = output;
        this.dryRun = dryRun;
    }

    /// @param saved null in a dry run, and if nothing is left
    void done(Replacement replacement, @Nullable ObjectId saved) {
        String old = replacement.old().id().shortHex();
        if (replacement.successor() == null) {
            output.info(dryRun ? "would delete empty snapshot" : "removed empty snapshot " + old);
            return;
        }
        if (dryRun || saved == null) {
            output.info("would save new snapshot");
        } else {
            output.info("saved new snapshot " + saved.shortHex());
        }
        if (replacement.removeOld()) {
            output.info(dryRun ? "would remove old snapshot" : "removed old snapshot " + old);
        }
    }

    void summary(int changed) {
        output.info("");
        if (changed == 0) {
            output.info(dryRun ? "no snapshots would be modified" : "no snapshots were modified");
        } else {
            output.info((dryRun ? "would modify " : "modified ") + changed + " snapshots");
        }
    }
}
