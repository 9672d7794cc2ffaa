package dev.reprise.config;

import dev.reprise.base.PriceTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/// A whole configuration, checked: every name a job uses exists.
///
/// @param origin       where it was read, for people
/// @param directory    absolute; relative paths of the configuration start here
/// @param host         name of this machine in snapshots; null for its own
/// @param repositories by name, in the order of the file; likewise the next two
/// @param prices       what places ask that have no prices of their own
/// @param warnings     what is allowed and not wise
/// @param effective    all values as plain maps, lists and scalars, defaults included and secrets left out
public record RepriseConfig(
        String origin,
        Path directory,
        @Nullable String host,
        Map<String, RepositorySettings> repositories,
        Map<String, SourceSettings> sources,
        Map<String, JobSettings> jobs,
        PriceTable prices,
        List<String> warnings,
        Map<String, Object> effective) {

    /// [#effective] as YAML, with a line end.
    public String effectiveYaml() {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndent(2)
                .setWidth(200)
                .setDereferenceAliases(true)
                .build();
        return new Dump(settings).dumpToString(effective);
    }

    /// @throws ConfigException naming the nearest job if there is none of that name
    public JobSettings job(String name) {
        return named(jobs, "job", name);
    }

    /// @throws ConfigException naming the nearest repository if there is none of that name
    public RepositorySettings repository(String name) {
        return named(repositories, "repository", name);
    }

    /// What the place of a repository asks.
    public PriceTable pricesOf(RepositorySettings repository) {
        PriceTable own = repository.prices();
        return own != null ? own : prices;
    }

    /// @throws ConfigException naming the nearest source if there is none of that name
    public SourceSettings source(String name) {
        return named(sources, "source", name);
    }

    /// The sources of a job, in its order.
    public List<SourceSettings> sourcesOf(JobSettings job) {
        var list = new ArrayList<SourceSettings>();
        job.sources().forEach(name -> list.add(source(name)));
        return list;
    }

    private <T> T named(Map<String, T> entries, String what, String name) {
        T entry = entries.get(name);
        if (entry == null) {
            String known = entries.isEmpty() ? "there is none" : "there is " + String.join(", ", entries.keySet());
            throw ConfigException.of(
                    origin + " has no " + what + " \"" + name + "\"" + Reading.didYouMean(name, entries.keySet()),
                    known);
        }
        return entry;
    }
}
