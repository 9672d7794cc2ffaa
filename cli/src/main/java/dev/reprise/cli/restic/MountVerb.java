package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.mount.RepositoryMount;
import dev.reprise.mount.fuse.MountOptions;
import dev.reprise.repository.cache.CacheFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "mount",
        description = "Mount the repository.",
        footer = {
            "",
            "Shows every snapshot below the mountpoint, read-only, until ctrl-c or umount. Path templates may hold %%i",
            "(short id), %%I (long id), %%u (user), %%h (host), %%t (each tag) and %%T (time as in --time-template); the",
            "default ones are ids/%%i, snapshots/%%T, hosts/%%h/%%T and tags/%%t/%%T."
        })
final class MountVerb implements Callable<Integer> {
    /// How often to look whether the lock is still ours.
    private static final Duration LOCK_LOOK = Duration.ofSeconds(30);

    private static final int SHOWN_ID = 10;
    /// How local storage names its place.
    private static final String LOCAL = "local:";

    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Option(names = "--allow-other", description = "Let other users look inside.")
    private boolean allowOther;

    @Option(
            names = "--no-default-permissions",
            description = "With --allow-other: let them read everything, whatever its mode says.")
    private boolean noDefaultPermissions;

    @Option(names = "--owner-root", description = "Show root as the owner of everything.")
    private boolean ownerRoot;

    @Option(
            names = "--path-template",
            paramLabel = "template",
            description = "Where a snapshot lies, as in hosts/%%h/%%T; repeatable.")
    private List<String> pathTemplates = new ArrayList<>();

    @Option(
            names = {"--time-template", "--snapshot-template"},
            paramLabel = "template",
            description = "How times are written, as Go writes Mon Jan 2 15:04:05 -0700 MST 2006.")
    private String timeTemplate = RepositoryMount.View.RESTICS_TIME;

    @Parameters(paramLabel = "mountpoint", description = "An existing directory.")
    private List<String> arguments = new ArrayList<>();

    MountVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        refuseTimeTemplates();
        if (arguments.isEmpty()) {
            throw new FatalException("wrong number of parameters");
        }
        String typed = arguments.getFirst();
        Path point = existing(typed);
        try (ResticRepository opened = global.openToRead()) {
            refuseOurOwn(typed, point, opened);
            global.output().result("Loading snapshots...");
            try (RepositoryMount mount = mount(opened, point)) {
                global.output().result("Now serving the repository at " + typed);
                global.output().result("Use another terminal or tool to browse the contents of this folder.");
                global.output().result("When finished, quit with Ctrl-c here or umount the mountpoint.");
                serve(mount, opened);
            }
        }
        return 0;
    }

    private void refuseTimeTemplates() {
        if (timeTemplate.isEmpty()) {
            throw new FatalException("time template string cannot be empty");
        }
        if (timeTemplate.startsWith("/") || timeTemplate.endsWith("/")) {
            throw new FatalException("time template string cannot start or end with '/'");
        }
    }

    /// The directory without links on the way, as the kernel names mounts.
    private Path existing(String typed) {
        Path path = global.resolve(typed);
        try {
            if (!Files.readAttributes(path, BasicFileAttributes.class).isDirectory()) {
                throw new FatalException("mountpoint " + typed + " is not a directory");
            }
            return path.toRealPath();
        } catch (NoSuchFileException e) {
            throw new FatalException("mountpoint " + typed + " does not exist");
        } catch (IOException e) {
            throw new FatalException("mountpoint %s is inaccessible: stat %s: %s%s"
                    .formatted(
                            typed,
                            typed,
                            ExitWords.describe(e),
                            "\nif an earlier mount was killed here, end it with: fusermount3 -u " + typed));
        }
    }

    /// Over what we read from while mounted, every look inside would wait for itself.
    private void refuseOurOwn(String typed, Path point, ResticRepository opened) throws IOException {
        String location = opened.repository().storage().location();
        if (location.startsWith(LOCAL)) {
            refuse(typed, point, "repository", Path.of(location.substring(LOCAL.length())));
        }
        CacheFolders cache = global.cache().none() ? null : global.cache().ours(global.context());
        if (cache != null) {
            refuse(typed, point, "cache", cache.root());
        }
    }

    private static void refuse(String typed, Path point, String what, Path place) throws IOException {
        Path used = withoutLinks(place);
        if (used.startsWith(point) || point.startsWith(used)) {
            throw new FatalException("mountpoint %s %s the %s %s\nchoose a directory apart from it"
                    .formatted(
                            typed,
                            point.equals(used) ? "is" : point.startsWith(used) ? "lies in" : "holds",
                            what,
                            used));
        }
    }

    /// Also of a place of which only the upper directories exist.
    private static Path withoutLinks(Path place) throws IOException {
        Path there = place.toAbsolutePath().normalize();
        Path above = there;
        while (above.getParent() != null && !Files.exists(above)) {
            above = above.getParent();
        }
        return above.toRealPath().resolve(above.relativize(there)).normalize();
    }

    private RepositoryMount mount(ResticRepository opened, Path point) {
        var view = new RepositoryMount.View(
                choice.filter(),
                pathTemplates,
                timeTemplate,
                ownerRoot,
                global.context().zone());
        String id = opened.repository().config().id();
        var options = new MountOptions(
                "restic:" + id.substring(0, Math.min(SHOWN_ID, id.length())).replace(',', '_'),
                allowOther,
                allowOther && !noDefaultPermissions);
        return RepositoryMount.over(
                point,
                opened.repository(),
                view,
                options,
                ResticRepository::refuseDamagedIndex,
                global.output()::warning,
                global.context().clock());
    }

    /// Until somebody unmounts it, or a signal interrupts us: to quit is no failure.
    private void serve(RepositoryMount mount, ResticRepository opened) {
        try {
            while (!mount.join(LOCK_LOOK)) {
                if (opened.lock() != null) {
                    opened.lock().ensureHeld();
                }
            }
            if (!mount.failure().isEmpty()) {
                throw new FatalException("the mount ended: " + mount.failure());
            }
        } catch (InterruptedException e) {
            end(mount);
        } catch (RuntimeException lost) {
            end(mount);
            throw lost;
        }
    }

    private void end(RepositoryMount mount) {
        String reason = mount.unmount();
        if (!reason.isEmpty()) {
            global.output().warning("unable to umount (maybe already umounted or still in use?): " + reason);
        }
    }
}
