package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which verbs there are. Holds only how to build them: the class of a verb is loaded when it is invoked.
/// Immutable.
public final class ResticVerbs {
    /// How to build one verb from its surroundings.
    @FunctionalInterface
    interface Factory extends Function<CommandContext, Callable<Integer>> {}

    /// @param words one word, or two for a verb of a group: `key add`
    private record Verb(String words, Factory factory) {}

    /// Names of restic's own past.
    private static final Map<String, List<String>> ALIASES = Map.of("rebuild-index", List.of("repair", "index"));

    private final Map<String, Factory> factories;

    private ResticVerbs(List<Verb> verbs) {
        factories = new LinkedHashMap<>();
        verbs.forEach(verb -> factories.put(verb.words(), verb.factory()));
    }

    /// Every verb, in the order of the help.
    public static ResticVerbs standard() {
        return new ResticVerbs(List.of(
                new Verb("backup", BackupVerb::new),
                new Verb("cache", CacheVerb::new),
                new Verb("cat", CatVerb::new),
                new Verb("check", CheckVerb::new),
                new Verb("copy", CopyVerb::new),
                new Verb("diff", DiffVerb::new),
                new Verb("dump", DumpVerb::new),
                new Verb("features", FeaturesVerb::new),
                new Verb("find", FindVerb::new),
                new Verb("forget", ForgetVerb::new),
                new Verb("generate", GenerateVerb::new),
                new Verb("init", InitVerb::new),
                new Verb("key add", KeyAddVerb::new),
                new Verb("key list", KeyListVerb::new),
                new Verb("key passwd", KeyPasswdVerb::new),
                new Verb("key remove", KeyRemoveVerb::new),
                new Verb("list", ListVerb::new),
                new Verb("ls", LsVerb::new),
                new Verb("migrate", MigrateVerb::new),
                new Verb("mount", MountVerb::new),
                new Verb("options", OptionsVerb::new),
                new Verb("prune", PruneVerb::new),
                new Verb("recover", RecoverVerb::new),
                new Verb("repair index", RepairIndexVerb::new),
                new Verb("repair packs", RepairPacksVerb::new),
                new Verb("repair snapshots", RepairSnapshotsVerb::new),
                new Verb("restore", RestoreVerb::new),
                new Verb("rewrite", RewriteVerb::new),
                new Verb("self-test", SelfTestVerb::new),
                new Verb("serve", ServeVerb::new),
                new Verb("snapshots", SnapshotsVerb::new),
                new Verb("stats", StatsVerb::new),
                new Verb("tag", TagVerb::new),
                new Verb("unlock", UnlockVerb::new),
                new Verb("version", VersionVerb::new)));
    }

    /// The words of a verb after its old names were replaced.
    static List<String> modern(List<String> words) {
        List<String> replacement = words.isEmpty() ? null : ALIASES.get(words.getFirst());
        return replacement == null ? words : replacement;
    }

    List<String> names() {
        return List.copyOf(factories.keySet());
    }

    boolean isGroup(String word) {
        return factories.keySet().stream().anyMatch(words -> words.startsWith(word + " "));
    }

    @Nullable
    Factory find(String words) {
        return factories.get(words);
    }
}
