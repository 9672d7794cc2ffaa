package dev.reprise.compat.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.compat.campaign.Participant.Result;
import dev.reprise.compat.campaign.Participant.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// One random history: commands by any participant on one repository and a copy of it, some of them cut off or held
/// up. After each of them every promise is verified.
final class History {
    /// What was done, to be counted: program, verb, how, exit status.
    private final List<String> log = new ArrayList<>();

    /// The same with whole command lines.
    private final List<String> story = new ArrayList<>();

    private final Random random;
    private final Cast cast;
    private final Scenery scenery;
    private final Place place;
    private final Place mirror;
    private final Path home;
    private final Commands commands;

    History(long seed, Path home, Cast cast) throws IOException {
        this.random = new Random(seed);
        this.home = home;
        this.cast = cast;
        scenery = new Scenery(Files.createDirectories(home.resolve("source")), random);
        Path scratch = Files.createDirectories(home.resolve("scratch"));
        place = new Place(home.resolve("repository"), scratch);
        mirror = new Place(home.resolve("mirror"), scratch);
        int version = random.nextInt(4) == 0 ? 1 : 2;
        place.init(version);
        mirror.init(2);
        commands = new Commands(random, scenery, place, cast.rustic().isPresent());
    }

    List<String> log() {
        return List.copyOf(log);
    }

    void run(int steps) throws IOException {
        finish(commands.backup());
        for (int step = 0; step < steps; step++) {
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                scenery.change();
            }
            switch (random.nextInt(10)) {
                case 0, 1 -> cutOff(commands.any());
                case 2 -> holdUp();
                case 3 -> copy();
                default -> finish(commands.any());
            }
        }
        lastLook();
    }

    private void finish(Command command) throws IOException {
        Participant who = one(command);
        Result result = run(who, command);
        note(who, "finished", command, result);
        assertThat(result.status()).as("%s %s: %s", who.name(), command, result).isZero();
        place.model.done(command.changes());
        place.look();
        place.model.verify(place.found());
        assertThat(place.locks()).as("locks left by %s", command).isEmpty();
        judge(place);
    }

    private void cutOff(Command command) throws IOException {
        Participant who = one(command);
        Result result = who.kill(new Run(scenery.root(), place.environment(), command.arguments()), random);
        note(who, "killed", command, result);
        place.look();
        place.model.verifyPartly(command.changes(), place.found());
        judge(place);
        unlock(place, who);
    }

    private void unlock(Place locked, Participant killed) throws IOException {
        List<String> line = new ArrayList<>(List.of("unlock"));
        line.addAll(killed.unlockFlags());
        Participant who = one(new Command("unlock", line, List.of()));
        Result result = who.run(new Run(home, locked.environment(), line));
        assertThat(result.status()).as("%s unlock: %s", who.name(), result).isZero();
        assertThat(locked.locks())
                .as("locks left by the death of %s after unlock by %s", killed.name(), who.name())
                .isEmpty();
    }

    /// One stands still in the middle of its work while another one works.
    private void holdUp() throws IOException {
        Command slow = commands.unaffectedByOthers();
        Command quick = commands.unaffectedByOthers();
        Participant frozen = oneBeside(quick, slow);
        Participant.Frozen held = frozen.freeze(new Run(scenery.root(), place.environment(), slow.arguments()), random);
        Participant other = oneBeside(slow, quick);
        Result meanwhile = run(other, quick);
        Result afterwards = held.thaw();
        note(other, "beside", quick, meanwhile);
        note(frozen, "held up", slow, afterwards);
        assertDoneOrLockedOut(other, quick, meanwhile);
        assertDoneOrLockedOut(frozen, slow, afterwards);
        List<Change> changes = new ArrayList<>();
        changes.addAll(meanwhile.status() == 0 ? quick.changes() : List.of());
        changes.addAll(afterwards.status() == 0 ? slow.changes() : List.of());
        place.look();
        place.model.verifyPartly(changes, place.found());
        for (Change change : changes) {
            if (change instanceof Change.Add(Saved saved)
                    && slow.verb().equals("backup")
                    && quick.verb().equals("backup")) {
                assertThat(place.found()).contains(saved);
            }
        }
        assertThat(place.locks()).as("locks left by %s and %s", slow, quick).isEmpty();
        judge(place);
    }

    private static void assertDoneOrLockedOut(Participant who, Command command, Result result) {
        if (result.status() != 0) {
            assertThat(result.status())
                    .as("%s %s: %s", who.name(), command, result)
                    .isIn(1, 11);
            assertThat(result.err())
                    .as("%s %s: %s", who.name(), command, result)
                    .containsAnyOf("already locked", "unable to create lock");
        }
    }

    private void copy() throws IOException {
        List<ObjectId> chosen = commands.some(place.ids());
        List<String> line = new ArrayList<>(List.of("copy"));
        chosen.forEach(id -> line.add(id.hex()));
        List<Change> changes = new ArrayList<>();
        chosen.forEach(id -> changes.add(new Change.Add(place.saved(id))));
        var command = new Command("copy", line, changes);
        Participant who = one(command);
        var run = new Run(home, mirror.copyingFrom(place), line);
        boolean killed = random.nextInt(4) == 0;
        Result result = killed ? who.kill(run, random) : who.run(run);
        note(who, killed ? "killed" : "finished", command, result);
        mirror.look();
        mirror.model.verifyPartly(changes, mirror.found());
        if (killed) {
            unlock(mirror, who);
            unlock(place, who);
        } else {
            assertThat(result.status()).as("%s copy: %s", who.name(), result).isZero();
            chosen.forEach(id -> assertThat(mirror.found()).contains(place.saved(id)));
        }
        judge(mirror);
    }

    /// Both checks read everything and agree that all is well; a stock restic restores a snapshot as we do.
    private void judge(Place judged) throws IOException {
        check(random.nextInt(3) == 0 ? cast.oldest() : cast.newest(), judged);
        assertThat(judged.defects()).as("our own check").isEmpty();
        check(cast.ours(), judged);
        List<ObjectId> ids = judged.ids();
        if (!ids.isEmpty()) {
            ObjectId id = ids.get(random.nextInt(ids.size()));
            Participant who = one(new Command("restore", List.of(), List.of()));
            assertThat(judged.restoredBy(who, id))
                    .as("%s restores %s", who.name(), id)
                    .isEqualTo(judged.saved(id).listing());
        }
    }

    private void check(Participant who, Place judged) {
        Result result = who.run(new Run(home, judged.environment(), List.of("check", "--read-data", "--no-lock")));
        assertThat(result.status()).as("%s check: %s", who.name(), result).isZero();
    }

    private void lastLook() throws IOException {
        for (Place each : List.of(place, mirror)) {
            for (Participant who : cast.all()) {
                check(who, each);
            }
            for (ObjectId id : each.ids()) {
                assertThat(each.restoredBy(cast.newest(), id))
                        .as("%s restores %s", cast.newest().name(), id)
                        .isEqualTo(each.saved(id).listing());
            }
        }
    }

    private Result run(Participant who, Command command) {
        return who.run(new Run(scenery.root(), place.environment(), command.arguments()));
    }

    private Participant one(Command command) {
        List<Participant> able = cast.able(command);
        return able.get(random.nextInt(able.size()));
    }

    /// Who takes no locks may only add, beside others that add.
    private Participant oneBeside(Command other, Command command) {
        Participant who = one(command);
        boolean bothAdd = command.verb().equals("backup") && other.verb().equals("backup");
        return who.heedsLocks() || bothAdd ? who : cast.ours();
    }

    private void note(Participant who, String how, Command command, Result result) {
        String end = how.equals("killed") ? "-" : String.valueOf(result.status());
        log.add(String.join(" | ", who.name(), command.verb(), how, end));
        story.add("%s %s: %s (%s)".formatted(who.name(), how, String.join(" ", command.arguments()), end));
    }

    /// For the message of a failure.
    String story() {
        return String.join("\n", story);
    }
}
