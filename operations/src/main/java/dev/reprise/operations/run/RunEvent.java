package dev.reprise.operations.run;

import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.sources.SourceListener.SourceEvent;

/// Everything a run reports.
public sealed interface RunEvent {
    record SourceStarted(String name, String kind, int position, int of) implements RunEvent {}

    record FromBackup(String source, BackupEvent event) implements RunEvent {}

    record FromSource(String source, SourceEvent event) implements RunEvent {}

    record SourceFinished(RecoveryPoint.CapturedSource source) implements RunEvent {}

    /// Data is in; index, snapshots and manifest are being written.
    record Sealing() implements RunEvent {}

    record Finished(RecoveryPoint point) implements RunEvent {}
}
