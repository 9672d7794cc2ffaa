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
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Commands of Reprise on one repository of a real server, each of them met by a misfortune, and what must be true
/// after each.
final class RemoteRound implements AutoCloseable {
    /// What befalls a command.
    enum Misfortune {
        /// A process of its own, killed by the kernel when so many bytes had left it.
        KILLED,
        /// In this process: from one call of the storage on nothing takes place any more, tidying up included.
        DIED,
        /// Its connections are reset now and then. It goes on.
        CUT,
        /// The server is gone from one moment on, for longer than it is waited for.
        LOST
    }

    /// Towards the server, of a verb that has not been seen yet.
    private static final long TYPICAL_BYTES = 20_000;

    private static final int MOST_CUTS = 3;

    /// How many bytes the last complete run of a verb sent: what a random moment is chosen from.
    private static final Map<String, Long> USUAL_BYTES = new ConcurrentHashMap<>();

    private final Random random;
    private final RepriseParticipant ours;
    private final Participant restic;
    private final Scenery scenery;
    private final Wire wire;
    /// Reached directly, to look at what is there.
    private final Place place;
    /// The same through the wire.
    private final Place remote;
    private final Path home;
    private final Commands commands;
    private final List<String> story = new ArrayList<>();

    /// @param ours shares with other rounds how many calls a verb makes
    RemoteRound(long seed, Path home, RemoteServer server, RepriseParticipant ours, Participant restic)
            throws IOException {
        this.random = new Random(seed);
        this.home = home;
        this.ours = ours;
        this.restic = restic;
        scenery = new Scenery(Files.createDirectories(home.resolve("source")), random);
        wire = new Wire(server.port());
        Path scratch = Files.createDirectories(home.resolve("scratch"));
        String name = "round-" + seed;
        place = new Place(server.site(name, server.port(), home), scratch);
        remote = new Place(server.site(name, wire.port(), home), scratch);
        place.init(random.nextInt(4) == 0 ? 1 : 2);
        commands = new Commands(random, scenery, place, false);
    }

    /// What was done, for the message of a failure and to be counted.
    List<String> story() {
        return List.copyOf(story);
    }

    void run(List<Misfortune> misfortunes) throws IOException {
        finish(commands.backup());
        for (Misfortune misfortune : misfortunes) {
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                scenery.change();
            }
            // Half of all are backups, so that there is something to lose.
            Command command = random.nextBoolean() ? commands.backup() : commands.any();
            switch (misfortune) {
                case KILLED -> kill(command);
                case DIED -> die(command);
                case CUT -> cut(command);
                case LOST -> lose(command);
            }
        }
        judge();
    }

    private void finish(Command command) throws IOException {
        Result result = ours.run(run(command));
        USUAL_BYTES.put(command.verb(), wire.carried());
        assertDone("finished", command, result);
    }

    private Run run(Command command) {
        wire.reset();
        Map<String, String> environment = new TreeMap<>(remote.environment());
        // Copies of metadata must not make up for what the place has lost, nor get in the way.
        environment.put("RESTIC_CACHE_DIR", home.resolve("cache").toString());
        return new Run(scenery.root(), environment, remote.line(command.arguments()));
    }

    private long moment(Command command) {
        return 1 + random.nextLong(USUAL_BYTES.getOrDefault(command.verb(), TYPICAL_BYTES));
    }

    private void kill(Command command) throws IOException {
        Run run = run(command);
        var child = new Child(new Run(run.directory(), run.environment(), program(run)));
        wire.after(moment(command), () -> {
            child.kill();
            wire.cut();
        });
        Result result = child.end();
        assertDoneOrPartly("killed", command, result);
        unlock(List.of());
    }

    private static List<String> program(Run run) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.reprise.app.Main",
                "restic"));
        command.addAll(run.arguments());
        return command;
    }

    private void die(Command command) throws IOException {
        Result result = ours.kill(run(command), random);
        assertDoneOrPartly("died", command, result);
        unlock(List.of("--remove-all"));
    }

    private void cut(Command command) throws IOException {
        Run run = run(command);
        cutLater(command, MOST_CUTS);
        assertDone("cut", command, ours.run(run));
    }

    private void cutLater(Command command, int times) {
        if (times > 0) {
            wire.after(moment(command), () -> {
                cutLater(command, times - 1);
                wire.cut();
            });
        }
    }

    private void lose(Command command) throws IOException {
        Run run = run(command);
        wire.after(moment(command), wire::sever);
        Result result = ours.run(run);
        wire.mend();
        assertDoneOrPartly("lost", command, result);
        unlock(List.of("--remove-all"));
    }

    private void assertDone(String how, Command command, Result result) throws IOException {
        note(how, command, result);
        assertThat(result.status()).as("%s %s: %s", how, command, result).isZero();
        place.model.done(command.changes());
        place.look();
        place.model.verify(place.found());
        assertThat(place.locks()).as("locks left by %s", command).isEmpty();
    }

    /// Success is told only of what is whole.
    private void assertDoneOrPartly(String how, Command command, Result result) throws IOException {
        note(how, command, result);
        place.look();
        if (result.status() == 0) {
            place.model.done(command.changes());
            place.model.verify(place.found());
        } else {
            place.model.verifyPartly(command.changes(), place.found());
        }
    }

    private void unlock(List<String> flags) {
        List<String> line = new ArrayList<>(List.of("unlock"));
        line.addAll(flags);
        Result result = ours.run(new Run(home, place.environment(), place.line(line)));
        assertThat(result.status()).as("unlock: %s", result).isZero();
        assertThat(place.locks()).as("locks after unlock").isEmpty();
    }

    /// Both checks read everything and agree that all is well, and stock restic restores one of the snapshots.
    private void judge() throws IOException {
        Result check = restic.run(
                new Run(home, place.environment(), place.line(List.of("check", "--read-data", "--no-lock"))));
        assertThat(check.status()).as("%s check: %s", restic.name(), check).isZero();
        assertThat(place.defects()).as("our own check").isEmpty();
        List<ObjectId> ids = place.ids();
        if (!ids.isEmpty()) {
            ObjectId id = ids.get(random.nextInt(ids.size()));
            assertThat(place.restoredBy(restic, id))
                    .as("%s restores %s", restic.name(), id)
                    .isEqualTo(place.saved(id).listing());
        }
    }

    private void note(String how, Command command, Result result) {
        story.add("%s %s (%d)".formatted(how, String.join(" ", command.arguments()), result.status()));
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
