package dev.reprise.cli.restic;

import dev.reprise.operations.repair.RepairListener;
import dev.reprise.operations.repair.RepairListener.RepairEvent;

/// Tells what a repair finds, in restic's words where it has some.
final class RepairReport {
    private RepairReport() {}

    static RepairListener on(ResticOutput output) {
        return event -> {
            switch (event) {
                case RepairEvent.IndexDamaged(var file, var reason) ->
                    output.warning("removing invalid index %s: %s".formatted(file.hex(), reason));
                case RepairEvent.PackUnknown(var pack) -> output.warning("adding pack file to index " + pack.hex());
                case RepairEvent.PackMisdescribed(var pack, var reason) ->
                    output.warning("reindexing pack file %s with unexpected size or content: %s"
                            .formatted(pack.hex(), reason));
                case RepairEvent.PackGone(var pack) -> output.warning("removing not found pack file " + pack.hex());
                case RepairEvent.PackUnreadable(var pack, var reason, var kept) ->
                    output.warning(
                            kept
                                    ? "%s; its index entries are kept, run \"restic repair packs %s\" to save its blobs"
                                            .formatted(reason, pack.hex())
                                    : "skipped incomplete pack file %s: %s".formatted(pack.hex(), reason));
                case RepairEvent.BlobLost(var pack, var blob, var reason) ->
                    output.warning("failed to load %s of pack %s: %s".formatted(blob, pack.hex(), reason));
                case RepairEvent.Remark(var text) -> output.info(text);
            }
        };
    }
}
