package dev.reprise.cli.stack;

import dev.reprise.base.PriceTable;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.operations.cold.ColdPolicy;
import dev.reprise.operations.retention.RemovalPlan.JobPolicy;
import dev.reprise.operations.retention.RetentionPolicy;
import dev.reprise.operations.run.RunRequest;
import dev.reprise.operations.run.RunSource;
import dev.reprise.repository.Repository;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.sources.StreamSource;
import dev.reprise.sources.StreamSource.StoredStreams;
import dev.reprise.storage.Storage;
import dev.reprise.storage.bucket.Bucket;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the configuration describes, ready to be used. Nothing is opened before it is asked for.
public interface Stack {
    /// Makes a stack from the configuration the options name. Reading it may throw.
    @FunctionalInterface
    interface Factory {
        Stack of(GlobalOptions global);
    }

    /// @param repositories those it writes to, at least one; the first is looked in unless another is named
    /// @param sources      names, in order
    record Job(String name, List<String> repositories, List<String> sources) {
        /// The first of them.
        String repository() {
            return repositories.getFirst();
        }
    }

    /// Every job, in the order of the configuration.
    List<Job> jobs();

    /// Names of the repositories.
    List<String> repositories();

    /// Opens a repository; the caller closes it.
    Repository open(String repository);

    /// How new blobs are stored in a repository.
    WriterOptions writing(String repository);

    /// Where old packs of a repository go; null if they stay.
    @Nullable
    ColdPolicy cold(String repository);

    /// What the place of a repository asks.
    PriceTable prices(String repository);

    /// Which recovery points of a job are kept.
    JobPolicy policy(Job job);

    /// What one run of a job captures.
    RunRequest request(Job job);

    /// One of the job's sources, as [#request] has it.
    RunSource source(Job job, String name);

    /// Looks whether a source can be captured. Changes nothing.
    ///
    /// @throws dev.reprise.base.RepriseException if not
    void probe(RunSource source);

    /// What restores a captured source that is made of streams. Where the configuration does not have the source, or
    /// not any more, it works with defaults.
    ///
    /// @param kind what was captured: `postgres` or `redis`
    StreamSource restorer(String source, String kind);

    /// Opens the bucket that a captured bucket is restored to. The caller closes it.
    ///
    /// @param source  in whose name; on its server its credentials are used
    /// @param options of the kind of place, by whole name
    Bucket target(String source, String url, Map<String, String> options);

    /// Where temporary files go.
    Path temporaryFolder();

    /// Writes a captured database source as one plain SQL text.
    void exportSql(String source, StoredStreams stored, OutputStream out) throws IOException;

    /// Where a job's recovery points go as plain files.
    ///
    /// @return null if nowhere
    @Nullable
    ExportChoice export(Job job);

    /// As the configuration says, or to another place.
    ///
    /// @param sources names; empty for all of the job
    /// @param keep    empty keeps all
    /// @param open    opens the place; the caller closes it
    record ExportChoice(List<String> sources, RetentionPolicy keep, Supplier<Storage> open) {}

    /// For exports to a place that no configuration names.
    ExportChoice exportTo(Job job, String location);

    /// Threads for work on this machine.
    int workers();
}
