package dev.reprise.cli.restic;

import dev.reprise.repository.snapshot.SnapshotGroup.Criterion;
import java.util.EnumSet;
import java.util.Set;

/// The value of `--group-by`: `host`, `paths` and `tags`, or their singular or plural, separated by commas.
final class GroupBy {
    private GroupBy() {}

    /// @param text empty for one group of everything
    static Set<Criterion> parse(String text) {
        Set<Criterion> criteria = EnumSet.noneOf(Criterion.class);
        for (String word : text.split(",", -1)) {
            switch (word) {
                case "host", "hosts" -> criteria.add(Criterion.HOST);
                case "path", "paths" -> criteria.add(Criterion.PATHS);
                case "tag", "tags" -> criteria.add(Criterion.TAGS);
                case "" -> {}
                default ->
                    throw new FatalException(
                            "invalid argument \"%s\" for \"-g, --group-by\" flag: unknown grouping option: \"%s\""
                                    .formatted(text, word));
            }
        }
        return criteria;
    }
}
