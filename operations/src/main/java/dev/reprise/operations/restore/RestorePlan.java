package dev.reprise.operations.restore;

import dev.reprise.operations.restore.Item.Folder;
import dev.reprise.operations.restore.Item.Other;
import dev.reprise.operations.restore.Item.RegularFile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Everything that is to be put back, in the order of the tree: a folder before what it holds.
///
/// @param folders the root first; those that hold nothing selected are left out
record RestorePlan(List<Folder> folders, List<RegularFile> files, List<Other> others) {
    /// Flattens what was walked. Backups store files in this order, so neighbours lie in the same packs.
    static RestorePlan of(Folder root) {
        var plan = new RestorePlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        var waiting = new ArrayDeque<Folder>();
        waiting.push(root);
        while (!waiting.isEmpty()) {
            plan.add(waiting.pop(), waiting);
        }
        plan.leaveOutEmpty();
        HardLinks.group(plan.files);
        return plan;
    }

    private void add(Folder folder, ArrayDeque<Folder> waiting) {
        folders.add(folder);
        for (int i = folder.children.size() - 1; i >= 0; i--) {
            if (folder.children.get(i) instanceof Folder below) {
                waiting.push(below);
            }
        }
        for (Item child : folder.children) {
            switch (child) {
                case Folder _ -> {}
                case RegularFile file -> files.add(file);
                case Other other -> others.add(other);
            }
        }
    }

    /// Drops folders that were entered and hold nothing selected. A folder comes after its parent, so one
    /// pass backwards meets the inner ones first.
    private void leaveOutEmpty() {
        Set<Folder> empty = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = folders.size() - 1; i > 0; i--) {
            Folder folder = folders.get(i);
            boolean holdsNothing = folder.children.stream().allMatch(empty::contains);
            if (holdsNothing && !folder.selected && !folder.failed) {
                empty.add(folder);
            }
        }
        folders.removeIf(empty::contains);
    }

    /// Of several names of a file one is written and the others become links to it. Call it when it is decided which
    /// files are skipped.
    void chooseLinks() {
        for (RegularFile file : files) {
            if (file.links != null && file.outcome != Item.Outcome.SKIPPED && file.links.leader() != file) {
                file.outcome = Item.Outcome.LINKED;
            }
        }
    }

    /// Whether nothing was selected.
    boolean isEmpty() {
        return items() == 0;
    }

    /// Nodes of every type that were selected.
    long items() {
        long chosen = folders.stream()
                .filter(folder -> folder.selected && !folder.isRoot())
                .count();
        return chosen + files.size() + others.size();
    }

    long bytes() {
        return files.stream().mapToLong(RegularFile::size).sum();
    }
}
