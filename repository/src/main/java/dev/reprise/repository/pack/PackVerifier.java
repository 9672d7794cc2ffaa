package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.PackHeader.MalformedHeaderException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads whole packs, each once, from front to back.
final class PackVerifier implements PackCheck {
    private static final int LENGTH_BYTES = 4;
    /// All that may follow the last blob.
    private static final int MAX_TAIL = PackHeader.MAX_SEALED_BYTES + LENGTH_BYTES;
    private static final int CHUNK_BYTES = 64 * 1024;

    private final Storage storage;
    private final int version;
    private final Sealer sealer;
    private final BlobOpener opener;
    private final SlicedDigest digest = new SlicedDigest();
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private final SpareBuffers spare;
    private byte[] sealed;

    PackVerifier(Storage storage, int version, Sealer sealer, BlobOpener opener, SpareBuffers spare) {
        this.storage = storage;
        this.version = version;
        this.sealer = sealer;
        this.opener = opener;
        this.spare = spare;
        sealed = spare.take();
    }

    @Override
    public List<String> check(ObjectId pack, List<BlobLocation> indexed) {
        try {
            return storage.read(
                    ObjectKey.of(ObjectType.PACK, pack), 0, -1, body -> new Pass(pack, indexed, body).run());
        } catch (StorageException e) {
            return switch (e.kind()) {
                case NOT_FOUND -> List.of("pack " + pack.hex() + " is missing");
                case RANGE_TOO_SHORT, OTHER -> List.of("pack " + pack.hex() + " cannot be read: " + e.fact());
                case ARCHIVED, DENIED, FULL, THROTTLED, UNREACHABLE -> throw e;
            };
        }
    }

    @Override
    public void close() {
        spare.give(sealed);
        sealed = new byte[0];
        opener.close();
    }

    /// One reading of one pack.
    private final class Pass {
        private final ObjectId pack;
        private final List<BlobLocation> indexed;
        private final InputStream body;
        private final List<String> defects = new ArrayList<>();
        private long position;

        Pass(ObjectId pack, List<BlobLocation> indexed, InputStream body) {
            this.pack = pack;
            this.indexed = indexed;
            this.body = body;
            digest.finish();
        }

        List<String> run() throws IOException {
            if (blobs()) {
                tail();
            }
            ObjectId found = digest.finish();
            if (!found.equals(pack)) {
                defect("its %d bytes have the SHA-256 %s".formatted(position, found.hex()));
            }
            return defects;
        }

        /// @return false if the pack ended before all of them were read
        private boolean blobs() throws IOException {
            for (BlobLocation blob : indexed) {
                if (blob.offset() < position) {
                    defect("the index lets %s overlap the blob before it".formatted(blob.handle()));
                    continue;
                }
                if (blob.offset() > position) {
                    defect("the index knows nothing of the %d bytes before %s"
                            .formatted(blob.offset() - position, blob.handle()));
                }
                if (!skipTo(blob.offset()) || !blob(blob)) {
                    defect("it ends after %d bytes, before the end of %s".formatted(position, blob.handle()));
                    return false;
                }
            }
            return true;
        }

        private boolean blob(BlobLocation blob) throws IOException {
            try {
                BlobOpener.requireHoldable(blob);
            } catch (RepositoryException e) {
                defects.add(e.fact());
                return skipTo(blob.offset() + blob.length());
            }
            byte[] stored = blob.length() <= 2 * PackHeader.MAX_SEALED_BYTES ? kept(blob) : grown(blob);
            if (stored == null) {
                return false;
            }
            try {
                opener.open(stored, blob);
            } catch (RepositoryException e) {
                defects.add(e.fact());
            }
            return true;
        }

        /// @return the stored form where [BlobOpener] wants it; null if the pack ends before it does
        private byte @Nullable [] kept(BlobLocation blob) throws IOException {
            sealed = Scratch.atLeast(sealed, BlobOpener.STORED_AT + blob.length());
            int read = body.readNBytes(sealed, BlobOpener.STORED_AT, blob.length());
            took(sealed, BlobOpener.STORED_AT, read);
            return read < blob.length() ? null : sealed;
        }

        /// As above. Grows while it is read, so a wrong length in the index costs no more than the pack has.
        private byte @Nullable [] grown(BlobLocation blob) throws IOException {
            byte[] bytes = body.readNBytes(blob.length());
            took(bytes, 0, bytes.length);
            if (bytes.length < blob.length()) {
                return null;
            }
            byte[] stored = new byte[BlobOpener.STORED_AT + bytes.length];
            System.arraycopy(bytes, 0, stored, BlobOpener.STORED_AT, bytes.length);
            return stored;
        }

        private boolean skipTo(long offset) throws IOException {
            while (position < offset) {
                int read = body.readNBytes(chunk, 0, (int) Math.min(CHUNK_BYTES, offset - position));
                if (read == 0) {
                    return false;
                }
                took(chunk, 0, read);
            }
            return true;
        }

        private void tail() throws IOException {
            byte[] tail = body.readNBytes(MAX_TAIL);
            long start = position;
            took(tail, 0, tail.length);
            int more = body.readNBytes(chunk, 0, CHUNK_BYTES);
            if (more == 0) {
                header(tail, start);
                return;
            }
            while (more > 0) {
                took(chunk, 0, more);
                more = body.readNBytes(chunk, 0, CHUNK_BYTES);
            }
            defect("%d bytes follow the last blob the index knows".formatted(position - start));
        }

        private void header(byte[] tail, long tailStart) {
            int end = tail.length - LENGTH_BYTES;
            long length = 0;
            for (int i = 0; i < LENGTH_BYTES && end >= 0; i++) {
                length |= (tail[end + i] & 0xffL) << (8 * i);
            }
            if (length < Sealer.OVERHEAD || length > end) {
                defect("its header length of %d is impossible: %d bytes follow the last blob"
                        .formatted(length, tail.length));
                return;
            }
            int start = end - (int) length;
            try {
                byte[] header = sealer.open(Arrays.copyOfRange(tail, start, end));
                compare(PackHeader.decode(header, version), tailStart + start);
            } catch (ForgedException e) {
                defect("its header is damaged: " + e.getMessage());
            } catch (MalformedHeaderException e) {
                defect("its header is malformed: " + e.getMessage());
            }
        }

        private void compare(PackEntries entries, long headerStart) {
            Set<BlobLocation> expected = new HashSet<>(indexed);
            long described = 0;
            for (BlobLocation blob : entries.locations(pack)) {
                described += blob.length();
                if (!expected.remove(blob)) {
                    defect("its header has %s at %d, the index does not".formatted(blob.handle(), blob.offset()));
                }
            }
            for (BlobLocation blob : indexed) {
                if (expected.contains(blob)) {
                    defect("the index has %s at %d, its header does not".formatted(blob.handle(), blob.offset()));
                }
            }
            if (described != headerStart) {
                defect("its header describes %d bytes of blobs, it has %d".formatted(described, headerStart));
            }
        }

        private void took(byte[] bytes, int offset, int length) {
            digest.update(bytes, offset, length);
            position += length;
        }

        private void defect(String fact) {
            defects.add("pack " + pack.hex() + " is damaged: " + fact);
        }
    }
}
