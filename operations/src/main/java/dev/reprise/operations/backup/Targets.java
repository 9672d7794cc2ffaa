package dev.reprise.operations.backup;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RawName;
import dev.reprise.operations.OperationException;
import dev.reprise.sources.files.FileTree;
import dev.reprise.sources.files.FileTree.Directory;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The targets of a request, looked up once.
///
/// @param existing absolute, cleaned, in the order given, repetitions kept
/// @param missing  the same for those that do not exist
/// @param devices  `st_dev` by absolute path
/// @param tree     where they come to lie in the snapshot
record Targets(List<String> existing, List<String> missing, Map<RawName, Long> devices, TargetTree tree) {

    static Targets lookUp(FileTree files, FilesRequest request) {
        var existing = new ArrayList<String>();
        var missing = new ArrayList<String>();
        var devices = new HashMap<RawName, Long>();
        var cleaned = new LinkedHashSet<RawName>();
        for (RawName target : request.targets()) {
            RawName absolute = TargetPath.absolute(request.workingDirectory(), target);
            RawName asTyped = TargetPath.clean(target);
            RawName reached = TargetPath.isAbsolute(asTyped)
                    ? asTyped
                    : request.workingDirectory().child(asTyped);
            try {
                devices.put(absolute, files.stat(reached).device());
            } catch (NoSuchFileException e) {
                missing.add(absolute.toString());
                continue;
            } catch (IOException e) {
                // It is there, but closed to us: the run comes by again and reports it.
            }
            existing.add(absolute.toString());
            cleaned.add(asTyped);
        }
        return new Targets(existing, missing, devices, tree(files, request.workingDirectory(), cleaned));
    }

    private static TargetTree tree(FileTree files, RawName workingDirectory, Set<RawName> cleaned) {
        var tree = new TargetTree(workingDirectory);
        for (RawName target : cleaned) {
            if (!TargetTree.isNameless(target)) {
                tree.add(target, true);
                continue;
            }
            RawName directory = TargetPath.isAbsolute(target) ? target : workingDirectory.child(target);
            for (RawName name : names(files, directory.child(TargetPath.HERE))) {
                tree.add(TargetPath.clean(target.child(name)), false);
            }
        }
        return tree;
    }

    private static List<RawName> names(FileTree files, RawName directory) {
        try (Directory open = files.open(directory)) {
            return open.names();
        } catch (IOException e) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "cannot list %s: %s".formatted(TargetPath.clean(directory), Reason.of(e)),
                    "check its permissions",
                    e);
        }
    }
}
