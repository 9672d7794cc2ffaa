package dev.reprise.operations.run;

import dev.reprise.base.RepriseException;
import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.sources.SourceListener.SourceEvent;

/// Everything a run reports.
public sealed interface RunEvent {
    record SourceStarted(String name, String kind, int position, int of) implements RunEvent {}

    record FromBackup(String source, BackupEvent event) implements RunEvent {}

    record FromSource(String source, SourceEvent event) implements RunEvent {}

    record SourceFinished(RecoveryPoint.CapturedSource source) implements RunEvent {}

    /// A repository failed while others go on: it does not get this point, and the next run catches it up.
    record DestinationLost(String repository, RepriseException reason) implements RunEvent {}

    /// A repository that missed points is being given them.
    record CatchingUp(String repository, String from, int points) implements RunEvent {}

    /// Something about the run that is no source's.
    record Warning(String fact) implements RunEvent {}

    /// Data is in; index, snapshots and manifest are being written.
    record Sealing() implements RunEvent {}

    record Finished(RecoveryPoint point) implements RunEvent {}
}
