package dev.reprise.operations.run;

import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/// What several repositories have in common: a blob is known only if everyone who still takes part has it, so what one
/// of them lacks is read again. Where blobs lie is told for the first. Safe for many threads.
final class SharedIndex implements BlobIndex {
    private final List<BlobIndex> indexes;
    private final IntPredicate takesPart;

    /// @param takesPart whether a repository, by its position, still does
    SharedIndex(List<BlobIndex> indexes, IntPredicate takesPart) {
        this.indexes = indexes;
        this.takesPart = takesPart;
    }

    @Override
    public boolean contains(BlobHandle handle) {
        if (handle.type() == BlobType.TREE && !takesPart.test(0)) {
            return false; // trees are read from the first, and it is gone
        }
        for (int i = 0; i < indexes.size(); i++) {
            if (takesPart.test(i) && !indexes.get(i).contains(handle)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public List<BlobLocation> find(BlobHandle handle) {
        return indexes.getFirst().find(handle);
    }

    @Override
    public int plainLength(BlobHandle handle) {
        return indexes.getFirst().plainLength(handle);
    }

    @Override
    public long size() {
        return indexes.getFirst().size();
    }

    @Override
    public void forEachPack(Consumer<PackContent> consumer) {
        indexes.getFirst().forEachPack(consumer);
    }

    /// They are closed with their repositories.
    @Override
    public void close() {}
}
