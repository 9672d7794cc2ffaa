package dev.reprise.compat.campaign;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Who takes part in a history.
///
/// @param oldest stock restic
/// @param newest stock restic, whose word counts most
/// @param ours   Reprise
/// @param rustic if it takes part. It takes no locks, so then only it and Reprise prune: both keep what it has marked,
///               and stock restic deletes that at once and leaves the marks, which rustic cannot get over
record Cast(Participant oldest, Participant newest, Participant ours, Optional<Participant> rustic) {
    List<Participant> all() {
        return Stream.concat(Stream.of(oldest, newest, ours), rustic.stream()).toList();
    }

    /// Who may carry out a command.
    List<Participant> able(Command command) {
        return all().stream()
                .filter(who -> who.knows(command.verb()))
                .filter(who -> rustic.isEmpty()
                        || !command.prunes()
                        || !List.of(oldest, newest).contains(who))
                .toList();
    }
}
