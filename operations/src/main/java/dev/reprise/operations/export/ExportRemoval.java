package dev.reprise.operations.export;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.export.Exports.Found;
import dev.reprise.operations.export.Exports.Leftover;
import dev.reprise.operations.export.Exports.StoredExport;
import dev.reprise.operations.retention.Retention;
import dev.reprise.operations.retention.RetentionPolicy;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.plain.PlainFiles;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Removes exports: only files that their manifest names, and folders that are empty then.
public final class ExportRemoval {
    /// Who wrote for longer than this without an end is not at work any more.
    private static final Duration AT_WORK = Duration.ofHours(24);

    private final PlainFiles place;
    private final InstantSource clock;

    public ExportRemoval(PlainFiles place, InstantSource clock) {
        this.place = place;
        this.clock = clock;
    }

    /// @param removals in the order in which they are carried out
    /// @param kept     folders that stay, newest first, with the rules that keep them
    public record Plan(List<Removal> removals, Map<String, List<String>> kept) {}

    /// @param why   `beyond the retention`, `left by an export that was broken off`
    /// @param files  below the folder
    /// @param marked whether the folder already says that it is unfinished
    public record Removal(String folder, String job, String why, List<String> files, boolean marked) {}

    /// What is to be removed of a job's exports. Changes nothing.
    ///
    /// @param policy empty to keep all that is whole
    /// @param zone   whose days and months count
    public Plan plan(String job, Found found, List<StoredExport> whole, RetentionPolicy policy, ZoneId zone) {
        List<Removal> removals = new ArrayList<>();
        Map<String, List<String>> kept = new HashMap<>();
        Instant earliest = clock.instant().minus(AT_WORK);
        for (Leftover left : found.leftovers()) {
            boolean ours = left.what().job().equals(job);
            if (ours && (left.what().removing() || left.what().begun().isBefore(earliest))) {
                String why =
                        left.what().removing() ? "its removal was broken off" : "left by an export that was broken off";
                removals.add(new Removal(left.folder(), job, why, left.what().files(), left.marked()));
            }
        }
        if (!policy.isEmpty()) {
            decide(whole, policy, zone, removals, kept);
        }
        return new Plan(List.copyOf(removals), kept);
    }

    /// By the rules of snapshots, so that a policy means the same everywhere.
    private void decide(
            List<StoredExport> whole,
            RetentionPolicy policy,
            ZoneId zone,
            List<Removal> removals,
            Map<String, List<String>> kept) {
        Map<ObjectId, StoredExport> byId = new HashMap<>();
        List<StoredSnapshot> group = new ArrayList<>();
        for (StoredExport export : whole) {
            StoredSnapshot dated = dated(export, zone);
            byId.put(dated.id(), export);
            group.add(dated);
        }
        Retention.Decision decision = new Retention(policy, clock, zone).decide(group);
        for (Retention.Kept each : decision.keep()) {
            StoredExport export = byId.get(each.snapshot().id());
            if (export != null) {
                kept.put(
                        export.folder(),
                        each.reasons().stream()
                                .map(reason -> reason.replace(" snapshot", ""))
                                .toList());
            }
        }
        for (StoredSnapshot each : decision.remove().reversed()) { // oldest first
            StoredExport export = byId.get(each.id());
            if (export != null) {
                removals.add(new Removal(
                        export.folder(),
                        export.manifest().job(),
                        "beyond the retention",
                        Exports.paths(export.manifest()),
                        false));
            }
        }
    }

    private static StoredSnapshot dated(StoredExport export, ZoneId zone) {
        ObjectId id = ObjectId.hash(export.folder().getBytes(StandardCharsets.UTF_8));
        var time = export.manifest().captured().atZone(zone).toOffsetDateTime();
        return new StoredSnapshot(
                id,
                new Snapshot(time, null, id, List.of(), "", "", 0, 0, List.of(), List.of(), null, "", null, Map.of()));
    }

    /// Carries out a plan, and nothing else.
    public void carryOut(Plan plan) {
        plan.removals().forEach(removal -> remove(removal.folder(), removal.job(), removal.files(), removal.marked()));
    }

    /// First says what is going to be removed, then takes the manifest away, so that nobody takes a part for the whole;
    /// a removal that is broken off is finished by a later one.
    void remove(String folder, String job, List<String> files, boolean marked) {
        String marker = folder + "/" + Unfinished.NAME;
        if (!marked) {
            place.delete(marker); // of its writing
            var unfinished = new Unfinished(job, clock.instant(), true, files);
            place.create(marker, ExportWriting.content(unfinished.encode()));
        }
        place.delete(folder + "/" + ExportManifest.NAME);
        files.forEach(file -> place.delete(folder + "/" + file));
        place.delete(marker);
        var folders = new TreeSet<String>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        for (String file : files) {
            for (int slash = file.lastIndexOf('/'); slash > 0; slash = file.lastIndexOf('/', slash - 1)) {
                folders.add(file.substring(0, slash));
            }
        }
        folders.forEach(inner -> place.removeEmptyFolder(folder + "/" + inner));
        place.removeEmptyFolder(folder);
    }
}
