package dev.reprise.operations.repair;

import dev.reprise.base.ObjectId;
import java.util.Map;
import java.util.Set;

/// What is wrong with the index, and so what will be changed.
///
/// @param damagedFiles index files that do not decode: removed at the end
/// @param gonePacks    named by an index, but not there: cut out of it
/// @param packsToRead  packs whose header decides what the index says of them, with their sizes in bytes
/// @param indexed      those of them that an index describes: it goes on doing so if the header is damaged
/// @param marks        whether a file holds rustic's marks for deletion: every pack that exists gets indexed, so no
///                     mark means anything afterwards
public record IndexRepairPlan(
        Set<ObjectId> damagedFiles,
        Set<ObjectId> gonePacks,
        Map<ObjectId, Long> packsToRead,
        Set<ObjectId> indexed,
        boolean marks) {
    /// True when the index describes exactly what is there.
    public boolean nothingToDo() {
        return damagedFiles.isEmpty() && gonePacks.isEmpty() && packsToRead.isEmpty() && !marks;
    }
}
