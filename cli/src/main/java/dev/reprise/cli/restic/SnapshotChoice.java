package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.repository.snapshot.SnapshotFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags that choose snapshots (repository format, section 8.2), for verbs where `-H` means the host.
final class SnapshotChoice {
    private final CommandContext context;

    @Option(
            names = {"-H", "--host", "--hostname"},
            paramLabel = "host",
            description = "Only snapshots of this host; repeatable (default: $RESTIC_HOST).")
    private @Nullable List<String> hosts;

    @Option(
            names = "--tag",
            paramLabel = "tag[,tag…]",
            description = "Only snapshots with all these tags; repeatable, any list suffices.")
    private List<String> tags = new ArrayList<>();

    @Option(names = "--path", paramLabel = "path", description = "Only snapshots that include this path; repeatable.")
    private List<String> paths = new ArrayList<>();

    SnapshotChoice(CommandContext context) {
        this.context = context;
    }

    SnapshotFilter filter() {
        return filter(context, hosts, tags, paths);
    }

    /// @param hosts null when the flag was not given
    static SnapshotFilter filter(
            CommandContext context, @Nullable List<String> hosts, List<String> tags, List<String> paths) {
        String fromEnvironment = context.environment().getOrDefault("RESTIC_HOST", "");
        List<String> wanted = hosts != null ? hosts : fromEnvironment.isEmpty() ? List.of() : List.of(fromEnvironment);
        return new SnapshotFilter(
                wanted, tags.stream().map(SnapshotFilter::tagList).toList(), paths);
    }
}
