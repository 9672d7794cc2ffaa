package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.cache.CacheFolders.Folder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Looks after caches of this machine, restic's own and ours; no repository is opened.
@Command(name = "cache", description = "List the caches of this machine, or remove old ones.")
final class CacheVerb implements Callable<Integer> {
    /// More days than the calendar has.
    private static final long MOST_DAYS = 1_000_000;

    @Mixin
    private final ResticOptions global;

    @Option(names = "--cleanup", description = "Remove caches that were not used for --max-age days.")
    private boolean cleanup;

    @Option(names = "--max-age", paramLabel = "days", description = "Days after which a cache is old (default: 30).")
    private String maxAge = "30";

    @Option(names = "--no-size", description = "Do not look how large they are.")
    private boolean noSize;

    @Parameters(hidden = true)
    private List<String> arguments = new ArrayList<>();

    CacheVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        if (!arguments.isEmpty()) {
            throw new FatalException("the cache command expects no arguments, only options - please see"
                    + " `restic help cache` for usage and flags");
        }
        if (global.cache().none()) {
            throw new FatalException("Refusing to do anything, the cache is disabled");
        }
        Duration age = age();
        CacheFolders restics = global.cache().ofRestic(global.context());
        CacheFolders ours = global.cache().ours(global.context());
        if (restics == null || ours == null) {
            throw new FatalException("unable to locate cache directory: neither $XDG_CACHE_HOME nor $HOME are defined");
        }
        try {
            if (cleanup) {
                removeOld(List.of(restics, ours), age);
            } else {
                list(restics, age);
                if (!ours.list().isEmpty()) {
                    list(ours, age);
                }
            }
        } catch (IOException e) {
            throw new FatalException("cannot look after the caches: " + e);
        }
        return 0;
    }

    private Duration age() {
        if (!maxAge.matches("[0-9]{1,9}") || Long.parseLong(maxAge) > MOST_DAYS) {
            throw new FatalException(
                    "invalid argument \"%s\" for \"--max-age\" flag: not a number of days".formatted(maxAge));
        }
        return Duration.ofDays(Long.parseLong(maxAge));
    }

    private void removeOld(List<CacheFolders> places, Duration age) throws IOException {
        List<Folder> old = new ArrayList<>();
        for (CacheFolders place : places) {
            old.addAll(place.olderThan(age));
        }
        if (old.isEmpty()) {
            say("no old cache dirs found");
            return;
        }
        say("remove %d old cache directories".formatted(old.size()));
        for (Folder folder : old) {
            CacheFolders.remove(folder);
        }
    }

    private void list(CacheFolders place, Duration age) throws IOException {
        List<Folder> folders = place.list();
        if (folders.isEmpty()) {
            say("no cache dirs found, basedir is " + place.root());
            return;
        }
        String heading = "%-10s  %-12s  %-3s".formatted("Repo ID", "Last Used", "Old") + (noSize ? "" : "  Size");
        String rule = "-".repeat(heading.length() + (noSize ? 0 : 7));
        say(heading);
        say(rule);
        for (Folder folder : folders) {
            say(line(folder, place.age(folder), age));
        }
        say(rule);
        say("%d cache dirs in %s".formatted(folders.size(), place.root()));
    }

    private String line(Folder folder, Duration unused, Duration age) throws IOException {
        String used = unused.toDays() + " days ago";
        String old = unused.compareTo(age) > 0 ? "yes" : "";
        String line = "%-10s  %-12s  %-3s".formatted(folder.repository().substring(0, 10), used, old);
        return noSize ? line.stripTrailing() : "%s  %11s".formatted(line, size(CacheFolders.size(folder)));
    }

    /// As restic writes sizes: three digits behind the point.
    private static String size(long bytes) {
        String units = "KMGT";
        int unit = Math.min(units.length(), (63 - Long.numberOfLeadingZeros(Math.max(1, bytes))) / 10);
        if (unit == 0) {
            return bytes + " B";
        }
        return "%.3f %ciB".formatted(bytes / (double) (1L << (10 * unit)), units.charAt(unit - 1));
    }

    /// restic has no JSON for this verb: it prints the same text with `--json`.
    private void say(String line) {
        if (global.output().verbosity() > 0) {
            global.output().result(line);
        }
    }
}
