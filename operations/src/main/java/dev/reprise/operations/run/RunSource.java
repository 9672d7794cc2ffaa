package dev.reprise.operations.run;

import dev.reprise.operations.backup.FilesRequest;
import dev.reprise.operations.bucket.BucketRequest;
import dev.reprise.sources.StreamSource;
import java.util.List;

/// A source as one run sees it.
public sealed interface RunSource {
    String name();

    String kind();

    /// A required source that fails ends the run without a point; an optional one is recorded as failed.
    boolean required();

    /// @param request      its parent tree is chosen by the run
    /// @param excludeTexts `--exclude` patterns as typed, for the snapshot
    record Files(String name, boolean required, FilesRequest request, List<String> excludeTexts) implements RunSource {
        @Override
        public String kind() {
            return "files";
        }
    }

    record Bucket(BucketRequest request, boolean required) implements RunSource {
        @Override
        public String name() {
            return request.name();
        }

        @Override
        public String kind() {
            return "bucket";
        }
    }

    record Streams(StreamSource source, boolean required) implements RunSource {
        @Override
        public String name() {
            return source.name();
        }

        @Override
        public String kind() {
            return source.kind();
        }
    }
}
