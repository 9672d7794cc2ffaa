package dev.reprise.compat.campaign;

import java.util.List;

/// Who takes part in a history.
///
/// @param oldest stock restic
/// @param newest stock restic, whose word counts most
/// @param ours   Reprise
record Cast(Participant oldest, Participant newest, Participant ours) {
    List<Participant> all() {
        return List.of(oldest, newest, ours);
    }
}
