package dev.reprise.cli.restic;

import dev.reprise.operations.rewrite.Replacement;
import dev.reprise.operations.rewrite.TreeStore;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.BlobWriter;
import java.util.List;

/// Gives those who plan new snapshots a place for their trees: everything is durable when the plan is returned.
final class TreeRun {
    private TreeRun() {}

    @FunctionalInterface
    interface Planner {
        List<Replacement> plan(BlobReader reader, TreeStore store);
    }

    /// @param dryRun whether trees are only counted; then no lock is needed
    static List<Replacement> plan(
            ResticRepository opened, BlobIndex index, boolean dryRun, WriterOptions options, Planner planner) {
        Repository repository = opened.repository();
        try (BlobReader reader = repository.reader(index)) {
            if (dryRun) {
                return planner.plan(reader, TreeStore.NOTHING);
            }
            try (BlobWriter writer = repository.writer(index, opened.held(), options)) {
                List<Replacement> plan;
                try (BlobWriter.Session session = writer.session()) {
                    plan = planner.plan(
                            reader,
                            tree -> session.save(BlobType.TREE, tree, 0, tree.length)
                                    .id());
                }
                writer.finish();
                return plan;
            }
        }
    }
}
