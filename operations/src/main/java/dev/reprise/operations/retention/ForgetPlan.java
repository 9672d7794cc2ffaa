package dev.reprise.operations.retention;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.retention.Retention.Decision;
import dev.reprise.repository.snapshot.SnapshotGroup;
import dev.reprise.repository.snapshot.SnapshotGroup.Criterion;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Which snapshots are to be removed, and why the others are kept.
///
/// @param groups in the order of their first snapshots; empty when snapshots were named one by one
/// @param remove in the order they were decided, each once
public record ForgetPlan(List<GroupDecision> groups, Set<ObjectId> remove) {
    /// What is decided about one group.
    public record GroupDecision(SnapshotGroup group, Decision decision) {}

    /// Applies a policy to each group.
    ///
    /// @throws OperationException if a policy that is not empty would keep nothing of a group
    public static ForgetPlan byPolicy(
            List<StoredSnapshot> snapshots, Set<Criterion> groupBy, RetentionPolicy policy, Retention retention) {
        List<GroupDecision> groups = new ArrayList<>();
        Set<ObjectId> remove = new LinkedHashSet<>();
        SnapshotGroup.group(snapshots, groupBy).forEach((group, members) -> {
            Decision decision = retention.decide(members);
            if (decision.keep().isEmpty() && !policy.isEmpty()) {
                throw new OperationException(
                        ExitStatus.FAILED,
                        "refusing to delete last snapshot of snapshot group \"" + describe(group) + "\"",
                        "",
                        null);
            }
            groups.add(new GroupDecision(group, decision));
            decision.remove().forEach(stored -> remove.add(stored.id()));
        });
        return new ForgetPlan(groups, remove);
    }

    /// Removes exactly these, whatever is left.
    public static ForgetPlan ofSnapshots(List<StoredSnapshot> snapshots) {
        Set<ObjectId> remove = new LinkedHashSet<>();
        snapshots.forEach(stored -> remove.add(stored.id()));
        return new ForgetPlan(List.of(), remove);
    }

    private static String describe(SnapshotGroup group) {
        List<String> parts = new ArrayList<>();
        if (!group.hostname().isEmpty()) {
            parts.add("host " + group.hostname());
        }
        List<String> paths = group.paths();
        if (paths != null && !paths.isEmpty()) {
            parts.add("path [" + String.join(" ", paths) + "]");
        }
        List<String> tags = group.tags();
        if (tags != null && !tags.isEmpty()) {
            parts.add("tags [" + String.join(" ", tags) + "]");
        }
        return String.join(", ", parts);
    }
}
