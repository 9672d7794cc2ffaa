package dev.reprise.cli.doctor;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Repositories;
import dev.reprise.cli.stack.Show;
import dev.reprise.config.RepositorySettings;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.setup.ServerSide;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tries what a job does with a repository: reaches it, opens it, and takes and gives back a lock, which is the one
/// object every program that knows the format may meet at any time. One that a broken-off examination leaves is stale
/// when its process is gone.
final class RepositoryExamination {
    private static final Duration WRONG_CLOCK = Duration.ofMinutes(5);
    private static final Duration UNSURE_CLOCK = Duration.ofSeconds(30);

    private final Repositories repositories;
    private final CommandContext context;
    private final RepositorySettings settings;
    private final Findings findings;
    private final MachineExamination machine;

    RepositoryExamination(
            Repositories repositories,
            CommandContext context,
            RepositorySettings settings,
            Findings findings,
            MachineExamination machine) {
        this.repositories = repositories;
        this.context = context;
        this.settings = settings;
        this.findings = findings;
        this.machine = machine;
    }

    void run() {
        Storage place;
        try {
            place = repositories.storage(settings, (_, _, reason) -> {
                throw reason; // one answer is enough; a backup would have more patience
            });
        } catch (RepriseException e) {
            findings.about("repository", settings.name(), "repository " + settings.name());
            findings.problem("location", e);
            notReached("the place cannot be opened");
            return;
        }
        try (place) {
            findings.about(
                    "repository", settings.name(), "repository %s (%s)".formatted(settings.name(), place.location()));
            reach(place);
        }
    }

    private void notReached(String why) {
        findings.notExamined("password", why);
        unwritten(why);
    }

    private void unwritten(String why) {
        findings.notExamined("rights", why);
        findings.notExamined("clock", why);
    }

    private void reach(Storage place) {
        Set<ObjectKey> keys = new HashSet<>();
        try {
            if (place.size(ObjectKey.CONFIG) < 0) {
                findings.problem("reachable", "there is no repository", "reprise init");
                notReached("there is no repository");
                return;
            }
            place.list(ObjectType.KEY, object -> keys.add(object.key()));
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            boolean none = e instanceof StorageException absent && absent.kind() == StorageException.Kind.NOT_FOUND;
            findings.problem("reachable", e.fact(), none ? "reprise init, if it never was there" : e.hint());
            notReached("the place cannot be read");
            return;
        }
        findings.ok("reachable", "it answers, lists and reads");
        String location = place.location();
        if (location.startsWith("local:")) {
            machine.repositoryFolder(Path.of(location.substring("local:".length())));
        }
        open(place, keys.size());
    }

    private void open(Storage place, int keys) {
        Repository repository;
        try {
            repository = repositories.open(settings, place);
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            findings.problem("password", e);
            unwritten("the repository cannot be opened");
            return;
        }
        try (repository) {
            findings.ok("password", "it opens the repository");
            findings.graded(
                    keys > 1 ? Grade.OK : Grade.WARNING,
                    "keys",
                    keys > 1 ? "%d of them".formatted(keys) : "there is one: who loses its password loses everything",
                    "add one with another password, kept elsewhere: reprise restic key add");
            lock(repository);
        }
    }

    private void lock(Repository repository) {
        Instant begun = context.clock().instant();
        Set<ObjectKey> before;
        RepositoryLock lock;
        try {
            before = locks(repository.storage());
            lock = repository.lock(RepositoryLock.Kind.SHARED, Duration.ZERO);
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            if (e.exitStatus() == ExitStatus.LOCKED) {
                findings.warning("locks", e.fact(), e.hint());
                unwritten("somebody else has locked the repository");
            } else {
                findings.problem("rights", "no lock could be written: " + e.fact(), e.hint());
                findings.notExamined("clock", "no lock could be written");
            }
            return;
        }
        try {
            examineOwn(repository.storage(), before, begun);
        } finally {
            giveBack(lock);
        }
        findings.graded(
                before.isEmpty() ? Grade.OK : Grade.WARNING,
                "locks",
                before.isEmpty() ? "nobody else holds one" : "%d others are there".formatted(before.size()),
                "reprise unlock removes those that nobody holds any more");
    }

    /// What came since is the own lock; others may have come at the same time, which harms nothing here.
    private void examineOwn(Storage place, Set<ObjectKey> before, Instant begun) {
        try {
            Set<ObjectKey> written = locks(place);
            written.removeAll(before);
            written.forEach(place::readAll);
            clock(place, written, begun);
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            findings.problem("rights", "the lock that was written cannot be read: " + e.fact(), e.hint());
            findings.notExamined("clock", "the lock that was written cannot be read");
        }
    }

    private void giveBack(RepositoryLock lock) {
        try {
            lock.close();
            findings.ok("rights", "a lock was written and removed; nothing else was tried");
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            findings.problem(
                    "rights",
                    "a lock was written and could not be removed; it ends by itself after 30 minutes: " + e.fact(),
                    "let these credentials delete in locks/, as the instructions below say");
        }
    }

    private static Set<ObjectKey> locks(Storage place) {
        Set<ObjectKey> locks = new HashSet<>();
        place.list(ObjectType.LOCK, object -> locks.add(object.key()));
        return locks;
    }

    /// The server's moment lies between beginning and end of this, give or take a second's fraction.
    private void clock(Storage place, Set<ObjectKey> written, Instant begun) {
        ServerSide server = place.capability(ServerSide.class);
        if (server == null || written.isEmpty()) {
            findings.notExamined("clock", "the place tells no time");
            return;
        }
        Instant there = time(server, written);
        Instant ended = context.clock().instant();
        if (there == null) {
            findings.notExamined("clock", "the server tells no time");
            return;
        }
        Duration late = Duration.between(there.plusSeconds(1), begun);
        Duration early = Duration.between(ended, there);
        Duration off = late.compareTo(early) > 0 ? late : early;
        if (off.compareTo(UNSURE_CLOCK) <= 0) {
            findings.ok("clock", "agrees with the server's within 30 s");
            return;
        }
        String fact = "this machine's is %s %s the server's"
                .formatted(Show.duration(off), late.compareTo(early) > 0 ? "ahead of" : "behind");
        Grade grade = off.compareTo(WRONG_CLOCK) > 0 ? Grade.PROBLEM : Grade.WARNING;
        findings.graded(grade, "clock", fact, "set the clock, as with chronyc makestep; locks are judged by it");
    }

    private static @Nullable Instant time(ServerSide server, Set<ObjectKey> written) {
        return server.clock(written.iterator().next());
    }
}
