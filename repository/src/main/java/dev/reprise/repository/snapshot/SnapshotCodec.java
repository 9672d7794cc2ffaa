package dev.reprise.repository.snapshot;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.JsonMembers;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON of snapshots (repository format, section 8.1). Stateless and safe for many threads.
public final class SnapshotCodec {
    private static final List<String> MEMBERS = List.of(
            "time",
            "parent",
            "tree",
            "paths",
            "hostname",
            "username",
            "uid",
            "gid",
            "excludes",
            "tags",
            "original",
            "program_version",
            "summary");
    private static final List<String> SUMMARY_MEMBERS = List.of(
            "backup_start",
            "backup_end",
            "files_new",
            "files_changed",
            "files_unmodified",
            "dirs_new",
            "dirs_changed",
            "dirs_unmodified",
            "data_blobs",
            "tree_blobs",
            "data_added",
            "data_added_packed",
            "total_files_processed",
            "total_bytes_processed");
    /// What Go reads when there is no time.
    private static final String NO_TIME = "0001-01-01T00:00:00Z";

    private SnapshotCodec() {}

    /// Members in restic's order, empty ones left out as restic does; unknown members last.
    public static byte[] encode(Snapshot snapshot) {
        GoJsonWriter json = new GoJsonWriter(1024);
        json.raw("{\"time\":").time(GoTime.of(snapshot.time()));
        id(json, "parent", snapshot.parent());
        json.raw(",\"tree\":").id(snapshot.tree());
        json.raw(",\"paths\":");
        strings(json, snapshot.paths());
        text(json, "hostname", snapshot.hostname());
        text(json, "username", snapshot.username());
        number(json, "uid", snapshot.uid());
        number(json, "gid", snapshot.gid());
        texts(json, "excludes", snapshot.excludes());
        texts(json, "tags", snapshot.tags());
        id(json, "original", snapshot.original());
        text(json, "program_version", snapshot.programVersion());
        if (snapshot.summary() != null) {
            json.raw(",\"summary\":");
            summary(json, snapshot.summary());
        }
        unknown(json, snapshot.unknown());
        return json.raw('}').toByteArray();
    }

    private static void summary(GoJsonWriter json, Snapshot.Summary summary) {
        json.raw("{\"backup_start\":").time(GoTime.of(summary.backupStart()));
        json.raw(",\"backup_end\":").time(GoTime.of(summary.backupEnd()));
        long[] counters = {
            summary.filesNew(),
            summary.filesChanged(),
            summary.filesUnmodified(),
            summary.dirsNew(),
            summary.dirsChanged(),
            summary.dirsUnmodified(),
            summary.dataBlobs(),
            summary.treeBlobs(),
            summary.dataAdded(),
            summary.dataAddedPacked(),
            summary.totalFilesProcessed(),
            summary.totalBytesProcessed()
        };
        for (int i = 0; i < counters.length; i++) {
            json.raw(',').string(SUMMARY_MEMBERS.get(i + 2)).raw(':').number(counters[i]);
        }
        unknown(json, summary.unknown());
        json.raw('}');
    }

    private static void id(GoJsonWriter json, String name, @Nullable ObjectId id) {
        if (id != null) {
            json.raw(',').string(name).raw(':').id(id);
        }
    }

    private static void text(GoJsonWriter json, String name, String text) {
        if (!text.isEmpty()) {
            json.raw(',').string(name).raw(':').string(text);
        }
    }

    private static void number(GoJsonWriter json, String name, long value) {
        if (value != 0) {
            json.raw(',').string(name).raw(':').number(value);
        }
    }

    private static void texts(GoJsonWriter json, String name, List<String> texts) {
        if (!texts.isEmpty()) {
            json.raw(',').string(name).raw(':');
            strings(json, texts);
        }
    }

    private static void strings(GoJsonWriter json, List<String> texts) {
        char separator = '[';
        for (String text : texts) {
            json.raw(separator).string(text);
            separator = ',';
        }
        json.raw(texts.isEmpty() ? "[]" : "]");
    }

    private static void unknown(GoJsonWriter json, Map<String, String> unknown) {
        unknown.forEach((name, value) -> json.raw(',').string(name).raw(':').raw(value));
    }

    /// Every member may be missing.
    ///
    /// @throws IllegalArgumentException saying what is wrong with it
    public static Snapshot decode(byte[] json) {
        JsonMembers members = JsonMembers.parse(json);
        ObjectId tree = id(members, "tree");
        JsonMembers summary = members.object("summary");
        return new Snapshot(
                time(members, "time"),
                id(members, "parent"),
                tree == null ? ObjectId.NULL : tree,
                members.texts("paths"),
                members.text("hostname", ""),
                members.text("username", ""),
                members.number("uid", 0),
                members.number("gid", 0),
                members.texts("excludes"),
                members.texts("tags"),
                id(members, "original"),
                members.text("program_version", ""),
                summary == null ? null : summary(summary),
                members.except(MEMBERS));
    }

    private static Snapshot.Summary summary(JsonMembers members) {
        return new Snapshot.Summary(
                time(members, "backup_start"),
                time(members, "backup_end"),
                members.number("files_new", 0),
                members.number("files_changed", 0),
                members.number("files_unmodified", 0),
                members.number("dirs_new", 0),
                members.number("dirs_changed", 0),
                members.number("dirs_unmodified", 0),
                members.number("data_blobs", 0),
                members.number("tree_blobs", 0),
                members.number("data_added", 0),
                members.number("data_added_packed", 0),
                members.number("total_files_processed", 0),
                members.number("total_bytes_processed", 0),
                members.except(SUMMARY_MEMBERS));
    }

    private static OffsetDateTime time(JsonMembers members, String name) {
        return GoTime.parse(members.text(name, NO_TIME)).toOffsetDateTime();
    }

    private static @Nullable ObjectId id(JsonMembers members, String name) {
        String hex = members.text(name);
        return hex == null ? null : ObjectId.parse(hex);
    }
}
