package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.chunk.Chunker;
import java.util.ArrayList;
import java.util.List;

/// Cuts content the plain way: everything in memory, one chunk after the other.
final class Sequential {
    private Sequential() {}

    static List<ObjectId> chunks(Chunker chunker, byte[] content) {
        var chunks = new ArrayList<ObjectId>();
        for (int start = 0; start < content.length; ) {
            int available = Math.min(Chunker.MAX_BYTES, content.length - start);
            int cut = chunker.cut(content, start, 0, available);
            int length = cut < 0 ? available : cut;
            chunks.add(ObjectId.hash(content, start, length));
            start += length;
        }
        return chunks;
    }
}
