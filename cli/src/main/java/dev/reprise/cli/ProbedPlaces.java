package dev.reprise.cli;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.immutability.ImmutabilityMemory;
import dev.reprise.operations.immutability.PlaceProbe;
import dev.reprise.operations.immutability.ProbeResult;
import dev.reprise.repository.Repository;
import dev.reprise.repository.cache.CacheFolders;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// Probes places when they are new and every week, and names those that do not hold what they
/// promise. Never fails what it is asked beside.
public final class ProbedPlaces {
    private final CommandContext context;
    private final Output output;

    public ProbedPlaces(CommandContext context, Output output) {
        this.context = context;
        this.output = output;
    }

    /// What this machine remembers of a repository's place.
    public static ImmutabilityMemory memory(CommandContext context, Repository repository) {
        Path cache = CachePlace.ours(context, context.environment().getOrDefault("RESTIC_CACHE_DIR", ""));
        CacheFolders folders = cache == null ? null : new CacheFolders(cache, context.clock());
        return ImmutabilityMemory.of(folders, repository.config().id());
    }

    /// If a week has gone by. A machine that remembers nothing would do it every time, and leave
    /// objects behind: it does not.
    ///
    /// @param name of the repository in the configuration
    public void weekly(String name, Repository repository) {
        ImmutabilityMemory memory = memory(context, repository);
        Optional<Instant> last = memory.probed().map(ProbeResult::at);
        if (memory.isKept() && new PlaceProbe(context.clock()).isDue(last)) {
            probe(name, repository, memory);
        } else {
            memory.probed().ifPresent(known -> name(name, repository, known));
        }
    }

    /// At once.
    public void first(String name, Repository repository) {
        probe(name, repository, memory(context, repository));
    }

    private void probe(String name, Repository repository, ImmutabilityMemory memory) {
        try {
            Optional<ProbeResult> found = new PlaceProbe(context.clock()).run(repository.storage());
            if (found.isEmpty()) {
                return;
            }
            String trouble = memory.remember(found.get());
            if (!trouble.isEmpty()) {
                output.detail(
                        "what was found out about repository %s cannot be remembered: %s".formatted(name, trouble));
            }
            output.message("place_probe", fields -> json(fields, name, found.get()));
            name(name, repository, found.get());
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            output.warning(
                    "the store of repository %s could not be probed: %s".formatted(name, e.fact()),
                    "this says nothing about the repository; the next run tries again");
        }
    }

    private void name(String name, Repository repository, ProbeResult result) {
        for (String fault : result.faults()) {
            output.warning(
                    "the store of repository %s, %s: %s"
                            .formatted(name, repository.storage().location(), fault),
                    result.keepsItsWord()
                            ? "nothing of Reprise relies on it; tell the store's maker"
                            : "run \"reprise check --immutability\" for the whole story");
        }
    }

    /// The fields of a probe.
    public static void json(JsonFields fields, String name, ProbeResult result) {
        fields.put("repository", name)
                .put("probed", result.at().toString())
                .put("create_only", result.createOnly().isEmpty() ? null : result.createOnly())
                .put("object_lock", result.objectLock().isEmpty() ? null : result.objectLock())
                .putAll("faults", result.faults());
    }
}
