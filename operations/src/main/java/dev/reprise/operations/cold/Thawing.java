package dev.reprise.operations.cold;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.Workers;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.cold.ThawPlan.FrozenPack;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.classes.StorageClasses;
import dev.reprise.storage.classes.StorageClasses.Access;
import dev.reprise.storage.classes.StorageClasses.Thaw;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Brings packs back from an archive and waits for them. Killed and run again with a new plan it
/// goes on: what was asked for is not asked for again. Belongs to one thread.
public final class Thawing {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final Storage storage;
    private final StorageClasses classes;
    private final Waiting waiting;
    private final Listener listener;

    /// Hears how far it is, between requests, on the thread that waits.
    @FunctionalInterface
    public interface Listener {
        void back(long packs, long of);
    }

    /// @param storage that has classes
    public Thawing(Storage storage, Waiting waiting, Listener listener) {
        StorageClasses known = storage.capability(StorageClasses.class);
        if (known == null) {
            throw new IllegalArgumentException(storage.location() + " has no storage classes");
        }
        this.storage = storage;
        this.classes = known;
        this.waiting = waiting;
        this.listener = listener;
    }

    /// Asks for every pack of the plan that nobody has asked for. One request each, several at a
    /// time.
    ///
    /// @throws dev.reprise.storage.StorageException if the place refuses; what it took on goes on
    public void ask(ThawPlan plan, Thaw how) {
        List<FrozenPack> packs = plan.toAsk();
        Workers.run(
                "asking for archived packs",
                storage.connections(),
                packs.size(),
                number -> classes.thaw(key(packs.get(number).pack()), how));
    }

    /// Returns when every pack of the plan can be read. Looks seldom, and at no more packs than
    /// have come back and a few. A pack that has gone back meanwhile is asked for again.
    ///
    /// @throws OperationException   with status ARCHIVED if that takes longer than `patience`
    /// @throws dev.reprise.base.CancelledException if the thread was interrupted; what was asked
    /// for goes on
    public void await(ThawPlan plan, Thaw how, Duration patience) {
        long begun = waiting.nanos();
        long all = plan.frozen().size();
        Deque<ObjectId> missing = new ArrayDeque<>();
        plan.frozen().forEach(pack -> missing.add(pack.pack()));
        Duration pause = FIRST_PAUSE;
        while (true) {
            takeReturned(missing, how);
            listener.back(all - missing.size(), all);
            if (missing.isEmpty()) {
                return;
            }
            if (waiting.nanos() - begun > patience.toNanos()) {
                throw new OperationException(
                        ExitStatus.ARCHIVED,
                        "%d of %d packs did not come back from the archive within %d h"
                                .formatted(missing.size(), all, patience.toHours()),
                        "run the same command again: what was asked for goes on",
                        null);
            }
            waiting.pause(pause);
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        }
    }

    /// Looks until some are found that are not back yet; those go to the end, so that all get
    /// their turn.
    private void takeReturned(Deque<ObjectId> missing, Thaw how) {
        int absent = 0;
        while (!missing.isEmpty() && absent < Math.min(storage.connections(), missing.size())) {
            List<ObjectId> batch = new ArrayList<>();
            while (batch.size() < storage.connections() && !missing.isEmpty()) {
                batch.add(missing.poll());
            }
            Access[] states = new Access[batch.size()];
            Workers.run("looking at archived packs", storage.connections(), batch.size(), number -> {
                states[number] = look(batch.get(number), how);
            });
            for (int i = 0; i < states.length; i++) {
                if (states[i] == Access.THAWING || states[i] == Access.FROZEN) {
                    missing.add(batch.get(i));
                    absent++;
                }
            }
        }
    }

    private Access look(ObjectId pack, Thaw how) {
        Access access = classes.look(key(pack)).access();
        if (access == Access.FROZEN) {
            classes.thaw(key(pack), how);
        }
        return access;
    }

    private static ObjectKey key(ObjectId pack) {
        return ObjectKey.of(ObjectType.PACK, pack);
    }
}
