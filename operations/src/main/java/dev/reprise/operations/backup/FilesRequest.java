package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.filter.PatternList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What of the file system to save and how (repository format, sections 8.4 and 11.4).
///
/// @param targets          as typed, relative or absolute; at least one
/// @param workingDirectory absolute; relative targets start here
/// @param parentTree       root tree of the parent snapshot; null reads everything
/// @param excludes         each list may exclude on its own
/// @param excludeIfPresent file name → required beginning of its content (empty: any content)
/// @param excludeCaches    leave out what lies beside a valid `CACHEDIR.TAG`
/// @param excludeLargerThan bytes; files strictly larger are left out; -1 for no limit
/// @param workers          threads that read, hash and compress; at least 1
public record FilesRequest(
        List<RawName> targets,
        RawName workingDirectory,
        @Nullable ObjectId parentTree,
        List<PatternList> excludes,
        Map<String, String> excludeIfPresent,
        boolean excludeCaches,
        long excludeLargerThan,
        boolean oneFileSystem,
        boolean withAtime,
        boolean ignoreCtime,
        boolean ignoreInode,
        int workers) {
    /// The targets as paths that do not depend on where the program runs: what a snapshot lists.
    public List<String> absoluteTargets() {
        return targets.stream()
                .map(target -> TargetPath.absolute(workingDirectory, target).toString())
                .toList();
    }

    /// The same request against another parent.
    public FilesRequest withParent(@Nullable ObjectId newParentTree) {
        return new FilesRequest(
                targets,
                workingDirectory,
                newParentTree,
                excludes,
                excludeIfPresent,
                excludeCaches,
                excludeLargerThan,
                oneFileSystem,
                withAtime,
                ignoreCtime,
                ignoreInode,
                workers);
    }
}
