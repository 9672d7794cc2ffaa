package dev.reprise.operations.restore;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The plan of a restore, made while its lock became visible to others. It follows from trees alone,
/// and those lie under the hashes of their contents, so it is right whoever changes the repository
/// meanwhile; whether the contents of files are there is asked afterwards. No file is touched. For one
/// thread at a time.
public final class EarlyPlan {
    private @Nullable FilesRestoreRequest request;
    private @Nullable RestorePlan plan;

    /// Keeps a plan, unless something cannot be found or read: that is told when it is looked for
    /// again.
    ///
    /// @param choice what to restore; may throw a [RepriseException]
    /// @throws CancelledException if the calling thread was interrupted
    public void make(Repository repository, BlobIndex index, Supplier<FilesRestoreRequest> choice) {
        plan = null;
        var silent = new Progress(RestoreListener.SILENT);
        try {
            FilesRestoreRequest wanted = choice.get();
            request = wanted;
            var trees = new TreeLoader(repository, index, repository.readers(wanted.workers()));
            RestorePlan made = TreeWalk.of(trees, wanted, silent).walk(wanted.tree());
            plan = silent.result().failed() == 0 ? made : null;
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException notYet) {
            plan = null;
        }
    }

    /// Gives the plan away, since it is changed when it is followed.
    ///
    /// @return null if none was made for this
    @Nullable
    RestorePlan take(FilesRestoreRequest wanted) {
        RestorePlan made = wanted.equals(request) ? plan : null;
        plan = null;
        return made;
    }
}
