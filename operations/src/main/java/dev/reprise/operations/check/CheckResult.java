package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import java.util.List;

/// What was examined and what was found. Examining nothing is not a success: the caller tells the two apart by
/// `snapshots` and `packs`.
///
/// @param defects      number of defects reported
/// @param unanswered   of those, reads the storage did not answer: they say nothing about what was to be read
/// @param brokenPacks  packs that are missing, of wrong size or damaged
/// @param missingPacks of those, the ones that are not there at all
/// @param snapshots    snapshots walked
/// @param trees        distinct trees walked
/// @param packs        packs listed
/// @param packsRead    packs read whole
/// @param packsArchived packs that were to be read and have to be brought back from an archive
///                      first: no defects
/// @param bytesRead    of those
/// @param needsIndexRepair whether rebuilding the index would help
/// @param needsPrune whether the next prune has something to tidy: packs without index, or of trees and data
/// @param affectedSnapshots snapshots that cannot be restored whole
/// @param damagedSnapshots of those, the ones whose own file cannot be read
/// @param damagedKeys key files that open nothing any more
/// @param lostTrees whether a directory cannot be read: what was below it may still be found by `recover`
public record CheckResult(
        long defects,
        long unanswered,
        List<ObjectId> brokenPacks,
        List<ObjectId> missingPacks,
        long snapshots,
        long trees,
        long packs,
        long packsRead,
        long packsArchived,
        long bytesRead,
        boolean needsIndexRepair,
        boolean needsPrune,
        List<ObjectId> affectedSnapshots,
        List<ObjectId> damagedSnapshots,
        List<ObjectId> damagedKeys,
        boolean lostTrees) {}
