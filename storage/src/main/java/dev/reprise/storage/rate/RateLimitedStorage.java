package dev.reprise.storage.rate;

import dev.reprise.base.RateTable;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.spool.SpooledDraft;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Sends and receives the content of objects no faster than two tables say, all threads together.
/// Must be the wrapper next to the place: a [SpooledDraft], which sends at its commit, is slowed
/// while it sends; any other draft while it is appended to. Headers and listings are not counted.
public final class RateLimitedStorage implements Storage {
    private final Storage place;
    private final Pacer upload;
    private final Pacer download;

    /// @param place closed together with this
    /// @param clock tells the time
    /// @param zone  whose time of day it is then
    public RateLimitedStorage(
            Storage place, RateTable upload, RateTable download, InstantSource clock, ZoneId zone, Waiting waiting) {
        Supplier<LocalTime> timeOfDay = () -> clock.instant().atZone(zone).toLocalTime();
        this.place = place;
        this.upload = new Pacer(upload, timeOfDay, waiting);
        this.download = new Pacer(download, timeOfDay, waiting);
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public void create() {
        place.create();
    }

    @Override
    public long size(ObjectKey key) {
        return place.size(key);
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        place.list(type, consumer);
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        return place.<T>read(key, offset, length, body -> reader.read(download.slow(body)));
    }

    @Override
    public Draft draft(ObjectType type) {
        return slowed(place.draft(type));
    }

    @Override
    public Draft contentDraft() {
        return slowed(place.contentDraft());
    }

    private Draft slowed(Draft draft) {
        if (draft instanceof SpooledDraft spooled) {
            spooled.sendThrough(upload::slow);
            return spooled;
        }
        return new SlowDraft(draft);
    }

    @Override
    public void delete(ObjectKey key) {
        place.delete(key);
    }

    @Override
    public int connections() {
        return place.connections();
    }

    @Override
    public <C> @Nullable C capability(Class<C> type) {
        return place.capability(type);
    }

    @Override
    public void close() {
        place.close();
    }

    private final class SlowDraft implements Draft {
        private final Draft draft;

        SlowDraft(Draft draft) {
            this.draft = draft;
        }

        @Override
        public void append(byte[] bytes, int offset, int length) {
            for (int done = 0; done < length; done += Pacer.PIECE) {
                int piece = Math.min(Pacer.PIECE, length - done);
                upload.pass(piece);
                draft.append(bytes, offset + done, piece);
            }
        }

        @Override
        public void commit(String name) {
            draft.commit(name);
        }

        @Override
        public void close() {
            draft.close();
        }
    }
}
