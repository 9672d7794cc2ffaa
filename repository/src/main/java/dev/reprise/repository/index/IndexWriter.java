package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.DocumentMemory;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.storage.ObjectType;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Saves index files of a run one after the other. Each takes some 30 MB to encode, compress, seal and prove; that
/// memory is used again, since arrays of megabytes are not freed before the heap is full. Safe for many threads.
public final class IndexWriter {
    private final UnpackedObjects objects;
    private final MergedIndex index;
    private final ConcurrentLinkedQueue<Memory> idle = new ConcurrentLinkedQueue<>();

    /// @param index knows the packs that are to be saved
    public IndexWriter(UnpackedObjects objects, MergedIndex index) {
        this.objects = objects;
        this.index = index;
    }

    /// Saves one index file that names these packs; durable on return.
    ///
    /// @param packs what [MergedIndex#add] returned for each; at least one
    public ObjectId save(List<Integer> packs) {
        Memory memory = Objects.requireNonNullElseGet(idle.poll(), Memory::new);
        IndexEncoder encoder = memory.encoder;
        encoder.restart();
        for (int pack : packs) {
            encoder.add(index.added(pack));
        }
        int length = encoder.end();
        ObjectId id = objects.save(ObjectType.INDEX, encoder.buffer(), length, memory.documents);
        idle.add(memory);
        return id;
    }

    private static final class Memory {
        final IndexEncoder encoder = new IndexEncoder();
        final DocumentMemory documents = new DocumentMemory();
    }
}
