package dev.reprise.operations.export;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.artifacts.TreeTar;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.restore.SnapshotStreams;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.snapshot.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/// Which files a point becomes: `files/NAME.tar.gz` for a source of files, and `KIND/NAME/…` with the streams of any
/// other source, as its own programs read them: `postgres/NAME/app.dump`, `redis/NAME/dump.rdb`.
public final class PointArtifacts {
    private final Repository repository;
    private final BlobIndex index;
    private final BiConsumer<String, Long> leftOut;

    /// @param leftOut told the name of a source and how many sockets and the like its archive cannot hold
    public PointArtifacts(Repository repository, BlobIndex index, BiConsumer<String, Long> leftOut) {
        this.repository = repository;
        this.index = index;
        this.leftOut = leftOut;
    }

    /// @param source one that was captured
    public List<Artifact> of(CapturedSource source) {
        if (source.kind().equals("files") || source.kind().equals("bucket")) {
            return List.of(new Artifact(source.kind() + "/" + source.name() + ".tar.gz", out -> archive(source, out)));
        }
        List<Artifact> artifacts = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        try (var stored = SnapshotStreams.open(repository, index, source)) {
            for (String stream : stored.paths()) {
                String last = stream.substring(stream.lastIndexOf('/') + 1);
                String name = taken.add(last) ? last : stream;
                artifacts.add(new Artifact(
                        source.kind() + "/" + source.name() + "/" + name, out -> stream(source, stream, out)));
            }
        }
        return artifacts;
    }

    private void stream(CapturedSource source, String path, OutputStream out) throws IOException {
        try (var stored = SnapshotStreams.open(repository, index, source);
                InputStream content = stored.open(path)) {
            content.transferTo(out);
        }
    }

    /// Equal trees give equal bytes.
    private void archive(CapturedSource source, OutputStream out) throws IOException {
        ObjectId id = source.snapshot();
        if (id == null) {
            throw new IllegalArgumentException(source.name() + " was not captured");
        }
        Snapshot snapshot = repository.snapshot(id);
        var parameters = new GzipParameters();
        parameters.setCompressionLevel(6);
        try (var reader = new TreeReader(repository, index)) {
            ObjectId content = SnapshotStreams.content(reader, snapshot.tree(), snapshot.paths());
            var gzip = new GzipCompressorOutputStream(out, parameters);
            TreeTar.Written written = TreeTar.write(reader, content, gzip);
            gzip.finish();
            if (written.leftOut() > 0) {
                leftOut.accept(source.name(), written.leftOut());
            }
        }
    }
}
