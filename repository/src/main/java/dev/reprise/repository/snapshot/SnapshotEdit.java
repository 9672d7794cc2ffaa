package dev.reprise.repository.snapshot;

import dev.reprise.base.ObjectId;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A snapshot being changed into another one; what is not changed stays, members we do not know included.
/// Belongs to one thread.
public final class SnapshotEdit {
    private OffsetDateTime time;
    private @Nullable ObjectId parent;
    private ObjectId tree;
    private final List<String> paths;
    private String hostname;
    private final String username;
    private final long uid;
    private final long gid;
    private final List<String> excludes;
    private List<String> tags;
    private @Nullable ObjectId original;
    private final String programVersion;
    private Snapshot.@Nullable Summary summary;
    private final Map<String, String> unknown;

    public SnapshotEdit(Snapshot from) {
        time = from.time();
        parent = from.parent();
        tree = from.tree();
        paths = from.paths();
        hostname = from.hostname();
        username = from.username();
        uid = from.uid();
        gid = from.gid();
        excludes = from.excludes();
        tags = from.tags();
        original = from.original();
        programVersion = from.programVersion();
        summary = from.summary();
        unknown = from.unknown();
    }

    public SnapshotEdit time(OffsetDateTime value) {
        time = value;
        return this;
    }

    public SnapshotEdit withoutParent() {
        parent = null;
        return this;
    }

    public SnapshotEdit tree(ObjectId value) {
        tree = value;
        return this;
    }

    public SnapshotEdit hostname(String value) {
        hostname = value;
        return this;
    }

    public SnapshotEdit tags(List<String> value) {
        tags = List.copyOf(value);
        return this;
    }

    /// Adds the tag behind the others unless it is there.
    public SnapshotEdit addTag(String tag) {
        if (!tags.contains(tag)) {
            var more = new ArrayList<>(tags);
            more.add(tag);
            tags = List.copyOf(more);
        }
        return this;
    }

    public SnapshotEdit original(ObjectId value) {
        original = value;
        return this;
    }

    /// Names the first ancestor, as changed tags and copies do: an ancestor that is already named stays.
    public SnapshotEdit originalUnlessNamed(ObjectId value) {
        return original == null ? original(value) : this;
    }

    public SnapshotEdit summary(Snapshot.@Nullable Summary value) {
        summary = value;
        return this;
    }

    public Snapshot done() {
        return new Snapshot(
                time,
                parent,
                tree,
                paths,
                hostname,
                username,
                uid,
                gid,
                excludes,
                tags,
                original,
                programVersion,
                summary,
                unknown);
    }
}
