package dev.reprise.operations.prune;

import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.concurrent.atomic.AtomicBoolean;

/// Does something before the first index file is written: at that moment a writer has stored packs that no
/// index names yet.
final class PauseBeforeIndexStorage extends ForwardingStorage {
    private final Runnable pause;
    private final AtomicBoolean paused = new AtomicBoolean();

    PauseBeforeIndexStorage(Storage place, Runnable pause) {
        super(place);
        this.pause = pause;
    }

    @Override
    public Draft draft(ObjectType type) {
        if (type == ObjectType.INDEX && !paused.getAndSet(true)) {
            pause.run();
        }
        return super.draft(type);
    }
}
