package dev.reprise.operations.bucket;

import dev.reprise.base.RepriseException;
import dev.reprise.operations.bucket.BucketRestorePlan.Action;
import dev.reprise.operations.bucket.BucketRestorePlan.Step;
import dev.reprise.operations.bucket.StoredObjects.Stored;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.Bucket.Found;
import dev.reprise.storage.bucket.Bucket.Properties;
import dev.reprise.storage.bucket.BucketException;
import dev.reprise.storage.bucket.BucketException.Kind;
import dev.reprise.storage.spool.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Carries out single steps of a plan. Safe for many threads.
final class ObjectWriting {
    private static final int BUFFER_BYTES = 128 * 1024;

    private final Bucket target;
    private final Path temporary;
    private final BucketRestoreListener listener;
    private final LongAdder written = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder deleted = new LongAdder();
    private final LongAdder failed = new LongAdder();

    ObjectWriting(Bucket target, Path temporary, BucketRestoreListener listener) {
        this.target = target;
        this.temporary = temporary;
        this.listener = listener;
    }

    long failed() {
        return failed.sum();
    }

    BucketRestore.Done done() {
        return new BucketRestore.Done(written.sum(), bytes.sum(), deleted.sum(), failed.sum());
    }

    /// @return whether the object is there as it should be
    boolean write(Step step, Stored stored, TreeReader reader) {
        return attempt(step.key(), () -> {
            if (step.action() == Action.REPLACE) {
                requireAsPlanned(step);
            }
            put(step, stored.node(), reader);
            written.increment();
            bytes.add(step.size());
            listener.progress(written.sum(), bytes.sum());
        });
    }

    void delete(Step step) {
        attempt(step.key(), () -> {
            if (requireAsPlanned(step)) {
                target.delete(step.key());
                deleted.increment();
            }
        });
    }

    /// What fails one object alone is told of; what would fail the next as well ends the restore.
    private boolean attempt(String key, Runnable step) {
        try {
            step.run();
            return true;
        } catch (BucketException e) {
            switch (e.kind()) {
                case NOT_FOUND, CHANGED, ARCHIVED, DENIED, UNSUPPORTED, OTHER -> tell(key, e);
                case FULL, THROTTLED, UNREACHABLE -> throw e;
            }
        } catch (RepositoryException e) {
            tell(key, e);
        }
        return false;
    }

    private void tell(String key, RepriseException e) {
        failed.increment();
        listener.failed(key, e.fact() + (e.hint().isEmpty() ? "" : "; " + e.hint()));
    }

    /// @return false if it is gone, so that there is nothing to lose
    private boolean requireAsPlanned(Step step) {
        Found there;
        try {
            there = target.look(step.key());
        } catch (BucketException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
        if (!there.etag().equals(step.etag())) {
            throw new BucketException(
                    Kind.CHANGED,
                    "it has changed since the plan was made and was left alone",
                    "run it again to see what would be done now",
                    null);
        }
        return true;
    }

    private void put(Step step, Node node, TreeReader reader) {
        ObjectAttributes attributes = ObjectAttributes.of(node);
        boolean create = step.action() == Action.CREATE;
        if (node.size() > UploadEtag.LARGEST_SINGLE) {
            putInParts(step.key(), node, attributes, create, reader);
            return;
        }
        try (var content = new Spool(temporary)) {
            reader.copy(node, new Filling(content));
            if (content.size() != node.size()) {
                throw wrongLength(node);
            }
            putWhole(step.key(), attributes.properties(), content, create);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // no stream of ours throws it
        }
    }

    private static final class Filling extends OutputStream {
        private final Spool spool;

        Filling(Spool spool) {
            this.spool = spool;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            spool.append(bytes, offset, length);
        }
    }

    private void putWhole(String key, Properties properties, Spool content, boolean create) {
        try {
            target.write(key, properties, content, create);
        } catch (BucketException e) {
            if (e.kind() != Kind.UNSUPPORTED) {
                throw e;
            }
            if (create) {
                requireAbsent(key);
            }
            putWithWhatIsSupported(key, properties, content);
        }
    }

    private void putWithWhatIsSupported(String key, Properties properties, Spool content) {
        try {
            target.write(key, properties, content, false);
        } catch (BucketException e) {
            if (e.kind() != Kind.UNSUPPORTED || properties.tags().isEmpty()) {
                throw e;
            }
            target.write(key, properties.withTags(Map.of()), content, false);
            throw new BucketException(
                    Kind.UNSUPPORTED, "it was stored without its tags, which the target does not know", "", e);
        }
    }

    private void requireAbsent(String key) {
        try {
            target.look(key);
        } catch (BucketException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return;
            }
            throw e;
        }
        throw new BucketException(
                Kind.CHANGED,
                "it has appeared since the plan was made and was left alone",
                "run it again to see what would be done now",
                null);
    }

    private void putInParts(String key, Node node, ObjectAttributes attributes, boolean create, TreeReader reader) {
        Bucket.Upload upload = target.begin(key, attributes.properties());
        boolean complete = false;
        try (InputStream stream = reader.open(node)) {
            long partBytes = UploadEtag.partBytes(node.size());
            int number = 1;
            for (long left = node.size(); left > 0; number++) {
                long length = Math.min(left, partBytes);
                try (var part = new Spool(temporary)) {
                    fill(part, stream, length, node);
                    upload.part(number, part);
                }
                left -= length;
            }
            requireEnd(stream, node);
            complete(key, node, attributes, upload, create);
            complete = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (!complete) {
                abort(key, upload);
            }
        }
    }

    /// An answer that was lost says nothing; what is there does.
    private void complete(String key, Node node, ObjectAttributes attributes, Bucket.Upload upload, boolean create) {
        try {
            if (create) {
                requireAbsent(key);
            }
            upload.complete(false);
        } catch (BucketException e) {
            Found there = e.retryable() ? look(key) : null;
            boolean done =
                    there != null && there.size() == node.size() && there.etag().equals(attributes.uploadEtag());
            if (!done) {
                throw e;
            }
        }
    }

    private @Nullable Found look(String key) {
        try {
            return target.look(key);
        } catch (BucketException e) {
            return null;
        }
    }

    private void abort(String key, Bucket.Upload upload) {
        try {
            upload.abort();
        } catch (RepriseException e) {
            listener.failed(key, e.fact() + "; its parts cost money until they are removed");
        }
    }

    private static void fill(Spool spool, InputStream stream, long length, Node node) throws IOException {
        byte[] buffer = new byte[Math.clamp(length, 1, BUFFER_BYTES)];
        for (long left = length; left > 0; ) {
            int count = stream.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw wrongLength(node);
            }
            spool.append(buffer, 0, count);
            left -= count;
        }
    }

    private static void requireEnd(InputStream stream, Node node) throws IOException {
        if (stream.read() >= 0) {
            throw wrongLength(node);
        }
    }

    private static RepositoryException wrongLength(Node node) {
        return RepositoryException.damaged(
                "object " + node.name(),
                "its content does not have the %d bytes it is said to".formatted(node.size()),
                null);
    }
}
