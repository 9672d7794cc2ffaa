package dev.reprise.operations.prune;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.operations.OperationException;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Tells the index files that a prune has read or written from those that came since by a program that takes
/// no locks. It cannot see one that comes after it has looked. Holds ids of index files, no packs; belongs to
/// one thread.
final class IndexWatch {
    private final IndexDocuments documents;
    /// Must all be there.
    private final Set<ObjectId> known;
    /// Deleted by this prune; a listing may still show them for a while.
    private final Set<ObjectId> deleted = new HashSet<>();

    /// @param planned what was read to make the plan
    IndexWatch(IndexDocuments documents, Collection<ObjectId> planned) {
        this.documents = documents;
        this.known = new TreeSet<>(planned);
    }

    /// Files that this prune has saved.
    void addSaved(Collection<ObjectId> files) {
        known.addAll(files);
    }

    void removeDeleted(Collection<ObjectId> files) {
        known.removeAll(files);
        deleted.addAll(files);
    }

    /// The files this prune may replace, sorted.
    List<ObjectId> known() {
        return List.copyOf(known);
    }

    /// @throws OperationException if one of them is gone: what took its place was not planned with
    void ensureUnchanged() {
        var _ = foreign();
    }

    private List<ObjectId> foreign() {
        List<ObjectId> files = documents.files();
        if (!new HashSet<>(files).containsAll(known)) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "the index changed while it was being pruned, by a program that takes no locks",
                    "run the command again",
                    null);
        }
        files.removeIf(file -> known.contains(file) || deleted.contains(file));
        return files;
    }

    /// Those of the packs that no foreign index file names as in use.
    ///
    /// @throws dev.reprise.base.RepriseException if such a file cannot be read: it may name any of them
    List<ObjectId> unnamed(List<ObjectId> packs) {
        List<ObjectId> foreign = foreign();
        if (foreign.isEmpty() || packs.isEmpty()) {
            return packs;
        }
        List<ObjectId> sorted = new ArrayList<>(packs);
        sorted.sort(null);
        var named = new BitSet();
        for (ObjectId file : foreign) {
            for (IndexDocument.Pack pack : documents.load(file).packs()) {
                int at = Collections.binarySearch(sorted, pack.pack());
                if (at >= 0) {
                    named.set(at);
                }
            }
        }
        List<ObjectId> unnamed = new ArrayList<>();
        for (int at = named.nextClearBit(0); at < sorted.size(); at = named.nextClearBit(at + 1)) {
            unnamed.add(sorted.get(at));
        }
        return unnamed;
    }
}
