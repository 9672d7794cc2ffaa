package dev.reprise.operations.cold;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Workers;
import dev.reprise.operations.cold.ThawPlan.FrozenPack;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.classes.StorageClasses;
import dev.reprise.storage.classes.StorageClasses.Access;
import dev.reprise.storage.classes.StorageClasses.ObjectState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Finds out which packs have to be brought back. Changes nothing.
public final class ThawPlanning {
    /// A listing tells of 1000 packs in one request, and requests for single packs run several at
    /// a time.
    private static final int PACKS_PER_LISTING = 200;
    /// So few are asked about one by one, however many there are.
    private static final int FEW = 32;

    /// Blobs in a pack of usual size, to guess how many packs there are.
    private static final int BLOBS_PER_PACK = 10;

    private final Storage storage;

    public ThawPlanning(Storage storage) {
        this.storage = storage;
    }

    /// Asks for nothing where packs cannot lie in an archive.
    ///
    /// @param roughly packs that may be needed, quickly told
    /// @param exactly packs that are needed; asked for only if some of the others cannot be read
    /// @param blobs   how many there are in the repository
    public ThawPlan plan(Supplier<Set<ObjectId>> roughly, Supplier<Set<ObjectId>> exactly, long blobs) {
        if (storage.capability(StorageClasses.class) == null) {
            return ThawPlan.NOTHING;
        }
        ThawPlan plan = plan(roughly.get(), blobs / BLOBS_PER_PACK);
        return plan.isEmpty() ? plan : plan(exactly.get(), blobs / BLOBS_PER_PACK);
    }

    /// @param needed packs that something will read; those that are not there are passed over
    /// @param all    how many packs there are, roughly
    ThawPlan plan(Set<ObjectId> needed, long all) {
        StorageClasses classes = storage.capability(StorageClasses.class);
        if (classes == null || needed.isEmpty()) {
            return ThawPlan.NOTHING;
        }
        var found = new Found();
        boolean one = needed.size() <= FEW || needed.size() < all / PACKS_PER_LISTING;
        look(classes, one ? needed : listed(classes, needed, found), found);
        found.frozen.sort(Comparator.comparing(FrozenPack::pack));
        return new ThawPlan(found.byClass, found.frozen);
    }

    /// @return those that lie in an archive; whether they are back only a look can tell
    private static List<ObjectId> listed(StorageClasses classes, Set<ObjectId> needed, Found found) {
        List<ObjectId> archived = new ArrayList<>();
        classes.list(ObjectType.PACK, object -> {
            ObjectId pack = ObjectId.parse(object.key().name());
            if (!needed.contains(pack)) {
                return;
            }
            if (classes.isArchive(object.storageClass())) {
                archived.add(pack);
            } else {
                found.add(pack, new ObjectState(object.bytes(), object.storageClass(), Access.READABLE, null));
            }
        });
        return archived;
    }

    private void look(StorageClasses classes, Collection<ObjectId> packs, Found found) {
        List<ObjectId> order = List.copyOf(packs);
        Workers.run("looking at packs", storage.connections(), order.size(), number -> {
            ObjectId pack = order.get(number);
            try {
                found.add(pack, classes.look(ObjectKey.of(ObjectType.PACK, pack)));
            } catch (StorageException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw e;
                }
            }
        });
    }

    /// Safe for many threads.
    private static final class Found {
        private final SortedMap<String, PackAmount> byClass = new TreeMap<>();
        private final List<FrozenPack> frozen = new ArrayList<>();

        synchronized void add(ObjectId pack, ObjectState state) {
            String name = state.storageClass();
            byClass.put(name, byClass.getOrDefault(name, PackAmount.NONE).plus(state.bytes()));
            if (state.access() == Access.FROZEN || state.access() == Access.THAWING) {
                frozen.add(new FrozenPack(pack, state.bytes(), name, state.access()));
            }
        }
    }
}
