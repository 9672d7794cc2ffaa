package dev.reprise.compat.campaign;

import dev.reprise.base.ObjectId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/// Draws command lines, with what each must do to the snapshots that were found last.
final class Commands {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final List<String> TAGS = List.of("red", "green", "blue");
    private static final String REWRITTEN = "rewrite";

    private final Random random;
    private final Scenery scenery;
    private final Place place;
    private final boolean withRustic;
    private Instant time = Instant.parse("2024-02-27T22:10:00Z");

    /// @param withRustic whether snapshots of rustic must be expected: no restic rewrites their trees, and their
    ///                   paths put them in a group of their own
    Commands(Random random, Scenery scenery, Place place, boolean withRustic) {
        this.random = random;
        this.scenery = scenery;
        this.place = place;
        this.withRustic = withRustic;
    }

    Command any() throws IOException {
        return place.ids().isEmpty()
                ? backup()
                : switch (random.nextInt(20)) {
                    case 0, 1, 2 -> forget();
                    case 3, 4 -> keepLast();
                    default -> unaffectedByOthers();
                };
    }

    /// Whose outcome does not depend on which snapshots others add or remove meanwhile.
    Command unaffectedByOthers() throws IOException {
        return switch (random.nextInt(16)) {
            case 0, 1, 2 -> prune();
            case 3, 4 -> tag();
            case 5, 6 -> rewrite();
            case 7 -> new Command("repair index", repairIndex(), List.of());
            case 8 -> new Command("repair snapshots", List.of("repair", "snapshots", "--forget"), List.of());
            case 9 -> new Command("forget", List.of("forget", "--keep-last", "100", "--prune"), List.of());
            default -> backup();
        };
    }

    private List<String> repairIndex() {
        List<String> line = new ArrayList<>(List.of("repair", "index"));
        if (random.nextBoolean()) {
            line.add("--read-all-packs");
        }
        return line;
    }

    Command backup() throws IOException {
        time = time.plus(Duration.ofMinutes(1 + random.nextInt(4000)));
        List<String> line =
                new ArrayList<>(List.of("backup", "--quiet", "--host", "campaign", "--time", TIME.format(time), "."));
        List<String> tags = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            tags.add(TAGS.get(random.nextInt(TAGS.size())));
            line.addAll(List.of("--tag", tags.getFirst()));
        }
        if (random.nextInt(5) == 0) {
            line.add("--force");
        }
        if (random.nextInt(3) == 0) {
            line.addAll(List.of("--compression", random.nextBoolean() ? "max" : "off"));
        }
        var saved = new Saved(time, tags, scenery.listing());
        return new Command("backup", line, List.of(new Change.Add(saved)));
    }

    private Command forget() {
        List<String> line = new ArrayList<>(List.of("forget"));
        List<Change> changes = new ArrayList<>();
        for (ObjectId id : some(place.ids())) {
            line.add(id.hex());
            changes.add(new Change.Remove(place.saved(id)));
        }
        if (random.nextBoolean()) {
            line.add("--prune");
        }
        return new Command("forget", line, changes);
    }

    private Command keepLast() throws IOException {
        List<Saved> newest = place.found().stream()
                .sorted(Comparator.comparing(Saved::time).reversed())
                .toList();
        if (newest.stream().map(Saved::time).distinct().count() < newest.size()) {
            return prune(); // which of two of the same time is kept is not defined
        }
        int kept = 1 + random.nextInt(newest.size());
        List<String> line = new ArrayList<>(List.of("forget", "--keep-last", String.valueOf(kept)));
        if (withRustic) {
            line.addAll(List.of("--group-by", "host"));
        }
        if (random.nextBoolean()) {
            line.add("--prune");
        }
        List<Change> changes = new ArrayList<>();
        newest.subList(kept, newest.size()).forEach(saved -> changes.add(new Change.Remove(saved)));
        return new Command("forget", line, changes);
    }

    private Command prune() {
        List<String> line = new ArrayList<>(List.of("prune"));
        switch (random.nextInt(5)) {
            case 0, 1 -> line.addAll(List.of("--max-unused", "0"));
            case 2 -> line.addAll(List.of("--max-unused", "unlimited"));
            case 3 -> line.add("--repack-cacheable-only");
            default -> {}
        }
        return new Command("prune", line, List.of());
    }

    private Command tag() throws IOException {
        if (place.ids().isEmpty()) {
            return backup();
        }
        boolean add = random.nextInt(3) > 0;
        String tag = TAGS.get(random.nextInt(TAGS.size()));
        List<String> line = new ArrayList<>(List.of("tag", add ? "--add" : "--remove", tag));
        List<Change> changes = new ArrayList<>();
        for (ObjectId id : some(place.ids())) {
            line.add(id.hex());
            Saved old = place.saved(id);
            Saved replacement = add ? old.tagged(tag) : old.untagged(tag);
            if (!replacement.equals(old)) {
                changes.add(new Change.Replace(old, replacement));
            }
        }
        return new Command("tag", line, changes);
    }

    private Command rewrite() throws IOException {
        if (place.ids().isEmpty() || withRustic) {
            return backup();
        }
        String name = scenery.name();
        boolean forget = random.nextBoolean();
        List<String> line = new ArrayList<>(List.of("rewrite", "--exclude", name));
        if (forget) {
            line.add("--forget");
        }
        List<Change> changes = new ArrayList<>();
        for (ObjectId id : some(place.ids())) {
            line.add(id.hex());
            Saved old = place.saved(id);
            Saved rewritten = old.without(name);
            if (rewritten.listing().equals(old.listing()) && !place.hasSummary(id)) {
                line.removeLast(); // restic writes it anew for the sake of the summary
            } else if (!rewritten.listing().equals(old.listing())) {
                changes.add(forget ? new Change.Replace(old, rewritten) : new Change.Add(rewritten.tagged(REWRITTEN)));
            }
        }
        return line.size() == (forget ? 4 : 3) ? backup() : new Command("rewrite", line, changes);
    }

    /// At least one.
    List<ObjectId> some(List<ObjectId> ids) {
        List<ObjectId> shuffled = new ArrayList<>(ids);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, Math.min(shuffled.size(), 1 + random.nextInt(Math.max(1, shuffled.size()))));
    }
}
