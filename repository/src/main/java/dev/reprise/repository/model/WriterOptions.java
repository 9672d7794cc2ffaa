package dev.reprise.repository.model;

import dev.reprise.base.ByteSize;

/// @param packSize a pack is finished when its blobs reach this; 4 to 128 MiB
public record WriterOptions(Compression compression, ByteSize packSize) {
    public static final WriterOptions DEFAULT = new WriterOptions(Compression.AUTO, ByteSize.ofMebibytes(16));

    public WriterOptions {
        long mebibytes = packSize.bytes() >> 20;
        if (mebibytes < 4 || mebibytes > 128) {
            throw new IllegalArgumentException("pack size must be 4 MiB to 128 MiB, was " + packSize);
        }
    }
}
