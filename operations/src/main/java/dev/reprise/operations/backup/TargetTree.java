package dev.reprise.operations.backup;

import dev.reprise.base.RawName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The upper part of a snapshot's tree: the first names, and below them what leads to the targets (repository
/// format, section 7.2). Text only; the file system was asked before.
final class TargetTree {
    private final RawName workingDirectory;
    private final SortedMap<RawName, Branch> branches = new TreeMap<>();
    private final Map<First, Branch> firsts = new HashMap<>();

    TargetTree(RawName workingDirectory) {
        this.workingDirectory = workingDirectory;
    }

    /// Branches by the name they get in the snapshot.
    SortedMap<RawName, Branch> branches() {
        return branches;
    }

    /// True for a target without a name of its own (`.`, `/`, `../..`): its entries take its place.
    static boolean isNameless(RawName cleaned) {
        return names(cleaned).isEmpty();
    }

    /// @param cleaned from [TargetPath#clean], not nameless; repeating one changes nothing
    /// @param named   whether the user wrote this very path, so that no rule excludes it
    void add(RawName cleaned, boolean named) {
        List<RawName> names = names(cleaned);
        RawName base = base(cleaned);
        Branch branch = firsts.computeIfAbsent(new First(base, names.getFirst()), this::newFirst);
        for (RawName name : names.subList(1, names.size())) {
            branch = branch.child(name);
        }
        branch.target = true;
        branch.named |= named;
    }

    private Branch newFirst(First first) {
        var branch = new Branch(first.base.child(first.name), first.name);
        branches.put(freeName(first.name), branch);
        return branch;
    }

    /// The same first name from another directory becomes `name-1`, `name-2` and so on.
    private RawName freeName(RawName wanted) {
        RawName name = wanted;
        for (int i = 1; branches.containsKey(name); i++) {
            byte[] suffix = ("-" + i).getBytes(StandardCharsets.US_ASCII);
            byte[] bytes = Arrays.copyOf(wanted.bytes(), wanted.length() + suffix.length);
            System.arraycopy(suffix, 0, bytes, wanted.length(), suffix.length);
            name = RawName.of(bytes);
        }
        return name;
    }

    /// Where the first name lies: the root, or the working directory with the leading `..` of the target. They stay
    /// uncleaned, because the kernel may see another parent than the text suggests.
    private RawName base(RawName cleaned) {
        if (TargetPath.isAbsolute(cleaned)) {
            return TargetPath.ROOT;
        }
        RawName base = workingDirectory;
        for (RawName part : TargetPath.split(cleaned)) {
            if (part.equals(TargetPath.UP)) {
                base = base.child(part);
            }
        }
        return base;
    }

    /// The components that have names: leading `..` are dropped.
    private static List<RawName> names(RawName cleaned) {
        List<RawName> names = new ArrayList<>(TargetPath.split(cleaned));
        names.removeIf(part -> part.equals(TargetPath.UP) || part.equals(TargetPath.HERE));
        return names;
    }

    private record First(RawName base, RawName name) {}

    /// A name on the way to a target, or a target.
    static final class Branch {
        private final RawName path;
        private final RawName diskName;
        private final SortedMap<RawName, Branch> children = new TreeMap<>();
        private boolean target;
        private boolean named;

        private Branch(RawName path, RawName diskName) {
            this.path = path;
            this.diskName = diskName;
        }

        /// Absolute path for system calls; may hold `..`.
        RawName path() {
            return path;
        }

        /// The last component of [#path()]; the name in the snapshot may differ.
        RawName diskName() {
            return diskName;
        }

        /// The directory that holds it, in a form that is entered even if it is reached by a symbolic link.
        RawName holder() {
            byte[] bytes = path.bytes();
            int end = path.length() - diskName.length();
            return RawName.of(bytes, 0, end).child(TargetPath.HERE);
        }

        /// The path to look at: where another target lies below it, a symbolic link stands for its directory.
        RawName reached() {
            return children.isEmpty() ? path : path.child(TargetPath.HERE);
        }

        /// Saved whole, not only what its children name.
        boolean isTarget() {
            return target;
        }

        /// Written by the user as it is.
        boolean isNamed() {
            return named;
        }

        SortedMap<RawName, Branch> children() {
            return children;
        }

        private Branch child(RawName name) {
            return children.computeIfAbsent(name, n -> new Branch(path.child(n), n));
        }
    }
}
