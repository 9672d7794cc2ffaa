package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.rewrite.Replacement;
import dev.reprise.operations.tag.TagChange;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.GoJsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "tag", description = "Change the tags of snapshots.")
final class TagVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Option(names = "--set", paramLabel = "tag[,tag…]", description = "Tags that replace the present ones.")
    private @Nullable List<String> set;

    @Option(names = "--add", paramLabel = "tag[,tag…]", description = "Tags to add.")
    private @Nullable List<String> add;

    @Option(names = "--remove", paramLabel = "tag[,tag…]", description = "Tags to remove.")
    private @Nullable List<String> remove;

    @Parameters(arity = "0..*", paramLabel = "snapshot", description = "Only these; default: all the flags choose.")
    private List<String> ids = new ArrayList<>();

    TagVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
    }

    @Override
    public Integer call() {
        if (set == null && add == null && remove == null) {
            throw new FatalException("nothing to do!");
        }
        if (set != null && (add != null || remove != null)) {
            throw new FatalException("--set and --add/--remove cannot be given at the same time");
        }
        var change = new TagChange(tags(set), tags(add), tags(remove));
        try (ResticRepository opened = global.openSnapshots(RepositoryLock.Kind.EXCLUSIVE, false)) {
            ChosenSnapshots snapshots = ChosenSnapshots.of(opened.repository(), choice.filter(), ids, global.output());
            List<Replacement> plan = change.plan(snapshots.chosen(), snapshots.all());
            for (Replacement replacement : plan) {
                ObjectId saved = Objects.requireNonNull(replacement.execute(opened.repository(), opened.held()));
                report(replacement.old().id(), saved);
            }
            summary(plan.size());
        }
        return 0;
    }

    private static List<String> tags(@Nullable List<String> options) {
        List<String> tags = new ArrayList<>();
        for (String option : options == null ? List.<String>of() : options) {
            for (String tag : option.split(",", -1)) {
                tags.add(tag.strip());
            }
        }
        return tags;
    }

    private void report(ObjectId old, ObjectId saved) {
        if (global.json()) {
            global.output()
                    .json(new GoJsonWriter()
                            .raw("{\"message_type\":\"changed\",\"old_snapshot_id\":")
                            .id(old)
                            .raw(",\"new_snapshot_id\":")
                            .id(saved)
                            .raw('}'));
        } else {
            global.output().detail("old snapshot ID: %s -> new snapshot ID: %s".formatted(old.hex(), saved.hex()));
        }
    }

    private void summary(int changed) {
        if (global.json()) {
            global.output()
                    .json(new GoJsonWriter()
                            .raw("{\"message_type\":\"summary\",\"changed_snapshots\":")
                            .number(changed)
                            .raw('}'));
        } else {
            global.output()
                    .info(changed == 0 ? "no snapshots were modified" : "modified %d snapshots".formatted(changed));
        }
    }
}
