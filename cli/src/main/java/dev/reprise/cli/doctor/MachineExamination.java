package dev.reprise.cli.doctor;

import dev.reprise.base.ByteSize;
import dev.reprise.cli.CachePlace;
import dev.reprise.cli.CommandContext;
import dev.reprise.config.RepriseConfig;
import dev.reprise.config.SecretReference;
import dev.reprise.config.SourceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Folders, limits and files with secrets of the machine the program runs on.
final class MachineExamination {
    private static final long MUCH_SPACE = 1L << 30;
    /// A pack of the largest size for every upload under way.
    private static final long LEAST_SPACE = 256L << 20;
    private static final long MANY_FILES = 1024;
    private static final long LEAST_FILES = 256;
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final CommandContext context;
    private final RepriseConfig config;
    private final Findings findings;
    private final Path limits;

    /// @param limits as `/proc/self/limits`
    MachineExamination(CommandContext context, RepriseConfig config, Findings findings, Path limits) {
        this.context = context;
        this.config = config;
        this.findings = findings;
        this.limits = limits;
    }

    void run() {
        findings.about("machine", "", "this machine");
        openFiles();
        cache();
        String temporary = context.environment().getOrDefault("TMPDIR", "");
        folder("temporary files", context.resolve(temporary.isEmpty() ? "/tmp" : temporary), "set TMPDIR");
        secretFiles().forEach(this::secretFile);
    }

    private void openFiles() {
        long most;
        try (Stream<String> lines = Files.lines(limits)) {
            most = lines.filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.split("\\s+", -1)[3])
                    .mapToLong(text -> text.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(text))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            most = -1;
        }
        if (most < 0) {
            findings.notExamined("open files", limits + " does not tell the limit of this process");
            return;
        }
        Grade grade = most >= MANY_FILES ? Grade.OK : most >= LEAST_FILES ? Grade.WARNING : Grade.PROBLEM;
        String fact = most == Long.MAX_VALUE ? "no limit" : "%d at a time".formatted(most);
        findings.graded(grade, "open files", fact, "ulimit -n 4096, or LimitNOFILE=4096 in the unit");
    }

    private void cache() {
        Path cache = CachePlace.ours(context, context.environment().getOrDefault("RESTIC_CACHE_DIR", ""));
        if (cache == null) {
            findings.warning(
                    "cache",
                    "neither HOME nor XDG_CACHE_HOME says where: everything is read from the repository every time",
                    "set RESTIC_CACHE_DIR, or HOME in the unit");
            return;
        }
        folder("cache", cache, "set RESTIC_CACHE_DIR to a folder this user may write");
    }

    private void folder(String check, Path folder, String hint) {
        Path there = folder;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            findings.problem(check, "%s cannot be written by this user".formatted(there), hint);
            return;
        }
        space(check, folder, there);
    }

    private void space(String check, Path folder, Path there) {
        try {
            long free = Files.getFileStore(there).getUsableSpace();
            Grade grade = free >= MUCH_SPACE ? Grade.OK : free >= LEAST_SPACE ? Grade.WARNING : Grade.PROBLEM;
            findings.graded(grade, check, "%s free in %s".formatted(new ByteSize(free), folder), "make room there");
        } catch (IOException e) {
            findings.notExamined(check, "the free space of %s cannot be told: %s".formatted(there, e.getMessage()));
        }
    }

    /// Space of the folder a local repository lies in.
    void repositoryFolder(Path folder) {
        space("free space", folder, folder);
    }

    private Set<Path> secretFiles() {
        Set<Path> files = new LinkedHashSet<>();
        config.repositories().values().forEach(repository -> {
            add(files, repository.location());
            add(files, repository.password());
            repository.place().environment().values().forEach(reference -> add(files, reference));
        });
        config.sources().values().forEach(source -> {
            switch (source) {
                case SourceSettings.Postgres postgres -> {
                    add(files, postgres.url());
                    add(
                            files,
                            postgres.server() == null ? null : postgres.server().password());
                }
                case SourceSettings.Redis redis -> {
                    add(files, redis.url());
                    add(files, redis.server() == null ? null : redis.server().password());
                }
                case SourceSettings.Bucket bucket -> {
                    add(files, bucket.url());
                    bucket.environment().values().forEach(reference -> add(files, reference));
                }
                default -> {}
            }
        });
        return files;
    }

    private static void add(Set<Path> files, @Nullable SecretReference reference) {
        if (reference instanceof SecretReference.File file) {
            files.add(file.path());
        }
    }

    private void secretFile(Path file) {
        String check = "secret file " + file;
        if (!Files.isReadable(file)) {
            findings.problem(
                    check,
                    Files.exists(file) ? "this user may not read it" : "it is not there, or this user may not look",
                    "write it there with mode 0600 and this user as its owner");
            return;
        }
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            Set<PosixFilePermission> others = EnumSet.copyOf(OTHERS);
            others.retainAll(mode);
            findings.graded(
                    others.isEmpty() ? Grade.OK : Grade.WARNING,
                    check,
                    (others.isEmpty() ? "for its owner only" : "not for its owner only") + " ("
                            + PosixFilePermissions.toString(mode) + ")",
                    "chmod 600 " + file);
        } catch (IOException | UnsupportedOperationException e) {
            findings.notExamined(check, "its permissions cannot be told: " + e.getMessage());
        }
    }
}
