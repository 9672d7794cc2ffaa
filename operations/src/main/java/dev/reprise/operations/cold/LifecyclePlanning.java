package dev.reprise.operations.cold;

import dev.reprise.base.ObjectId;
import dev.reprise.base.PriceTable;
import dev.reprise.operations.cold.LifecyclePlan.PackMove;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.model.BlobType;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.classes.StorageClasses;
import dev.reprise.storage.classes.StorageClasses.ClassedObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Decides which packs are old enough to lie in a colder class. Changes nothing; belongs to one
/// thread. Holds about 150 bytes for each pack that is old enough.
///
/// The index is read after the listing: what a pack holds is only known from it, and a pack it
/// does not name is left alone. A name like `data/ab/…` says nothing, which is why no rule of a
/// bucket can do this by prefix.
public final class LifecyclePlanning {
    private final Repository repository;
    private final StorageClasses classes;
    private final ColdPolicy policy;
    private final PriceTable prices;
    private final Instant now;
    private final Map<ObjectId, Candidate> candidates = new HashMap<>();
    private PackAmount moved = PackAmount.NONE;
    private PackAmount young = PackAmount.NONE;
    private PackAmount bound = PackAmount.NONE;
    private PackAmount other = PackAmount.NONE;

    /// @param classes of the repository's storage
    public LifecyclePlanning(
            Repository repository, StorageClasses classes, ColdPolicy policy, PriceTable prices, InstantSource clock) {
        this.repository = repository;
        this.classes = classes;
        this.policy = policy;
        this.prices = prices;
        this.now = clock.instant();
    }

    private static final class Candidate {
        private final ClassedObject object;
        private boolean data;
        private boolean trees;

        Candidate(ClassedObject object) {
            this.object = object;
        }

        boolean isContents() {
            return data && !trees;
        }
    }

    /// @param most how many packs to move at most
    /// @throws dev.reprise.repository.model.RepositoryException if an index file cannot be read
    public LifecyclePlan plan(long most) {
        classes.list(ObjectType.PACK, this::judge);
        readIndex();
        List<Candidate> chosen = new ArrayList<>();
        for (Candidate candidate : candidates.values()) {
            if (candidate.isContents()) {
                chosen.add(candidate);
            } else {
                other = other.plus(candidate.object.bytes());
            }
        }
        chosen.sort(Comparator.<Candidate, Instant>comparing(candidate -> candidate.object.modified())
                .thenComparing(candidate -> candidate.object.key().name()));
        List<PackMove> moves = new ArrayList<>();
        PackAmount later = PackAmount.NONE;
        for (Candidate candidate : chosen) {
            if (moves.size() < most) {
                moves.add(
                        new PackMove(id(candidate.object), candidate.object.bytes(), candidate.object.storageClass()));
            } else {
                later = later.plus(candidate.object.bytes());
            }
        }
        return new LifecyclePlan(policy, moves, later, moved, young, bound, other);
    }

    private static ObjectId id(ClassedObject object) {
        return ObjectId.parse(object.key().name());
    }

    private void judge(ClassedObject object) {
        String from = object.storageClass();
        if (from.equals(policy.storageClass()) || classes.isArchive(from)) {
            moved = moved.plus(object.bytes());
        } else if (isYounger(object, policy.after())) {
            young = young.plus(object.bytes());
        } else if (isYounger(object, minimum(from))) {
            bound = bound.plus(object.bytes());
        } else {
            candidates.put(id(object), new Candidate(object));
        }
    }

    private boolean isYounger(ClassedObject object, Duration age) {
        return object.modified().plus(age).isAfter(now);
    }

    private Duration minimum(String storageClass) {
        Integer days = prices.of(storageClass).minimumDays();
        return days == null ? Duration.ZERO : Duration.ofDays(days);
    }

    private void readIndex() {
        if (candidates.isEmpty()) {
            return;
        }
        IndexDocuments documents = repository.indexDocuments();
        for (ObjectId file : documents.files()) {
            for (IndexDocument.Pack pack : documents.load(file).packs()) {
                Candidate candidate = candidates.get(pack.pack());
                if (candidate != null) {
                    note(candidate, pack.entries());
                }
            }
        }
    }

    private static void note(Candidate candidate, PackEntries entries) {
        for (int i = 0; i < entries.size(); i++) {
            candidate.data |= entries.type(i) == BlobType.DATA;
            candidate.trees |= entries.type(i) == BlobType.TREE;
        }
    }
}
