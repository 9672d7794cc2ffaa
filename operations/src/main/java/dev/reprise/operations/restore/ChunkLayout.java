package dev.reprise.operations.restore;

import dev.reprise.operations.restore.Item.RegularFile;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import java.util.Arrays;

/// Where the chunks of a file begin and how long they are.
///
/// A chunk that no index knows has no length. Those before it are placed from the beginning of the file,
/// those after the last unknown one from its recorded end; what lies between two unknown ones cannot be
/// placed.
///
/// @param offset  first byte of each chunk in the file, -1 if it cannot be placed
/// @param length  in bytes, -1 if no index knows the chunk
/// @param end     length of the whole file: content that is longer than the recorded size counts, a
///                shorter one is followed by zeros (repository format, section 10.4)
record ChunkLayout(long[] offset, int[] length, long end) {
    static ChunkLayout of(RegularFile file, BlobIndex index) {
        int chunks = file.chunks();
        var layout = new ChunkLayout(new long[chunks], new int[chunks], file.size());
        Arrays.fill(layout.offset, -1);
        long position = 0;
        int chunk = 0;
        while (chunk < chunks && layout.measure(file, chunk, index)) {
            layout.offset[chunk] = position;
            position += layout.length[chunk++];
        }
        if (chunk < chunks) {
            layout.placeFromEnd(file, position, index);
            return layout;
        }
        return new ChunkLayout(layout.offset, layout.length, Math.max(position, file.size()));
    }

    private boolean measure(RegularFile file, int chunk, BlobIndex index) {
        length[chunk] = index.plainLength(BlobHandle.data(file.chunk(chunk)));
        return length[chunk] >= 0;
    }

    private void placeFromEnd(RegularFile file, long floor, BlobIndex index) {
        boolean touchesEnd = true;
        long position = end;
        for (int i = length.length - 1; i >= 0 && offset[i] < 0; i--) {
            touchesEnd &= measure(file, i, index) && position - length[i] >= floor;
            if (touchesEnd) {
                position -= length[i];
                offset[i] = position;
            }
        }
    }

    boolean isPlaced(int chunk) {
        return length[chunk] >= 0 && offset[chunk] >= 0;
    }

    /// Where the last chunk ends; 0 without chunks.
    long contentEnd() {
        int last = length.length - 1;
        return last < 0 ? 0 : offset[last] + length[last];
    }
}
