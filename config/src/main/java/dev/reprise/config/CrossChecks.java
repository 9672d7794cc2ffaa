package dev.reprise.config;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// What can be wrong between options that are right by themselves.
record CrossChecks(Values root, Problems problems) {
    void run() {
        sections(RootOptions.REPOSITORIES);
        sections(RootOptions.SOURCES).forEach((_, source) -> source(source));
        sections(RootOptions.JOBS).forEach((_, job) -> job(job));
    }

    /// Also says when the file names none of them.
    private Map<String, Values> sections(Option<Map<String, Values>> option) {
        Map<String, Values> sections = root.find(option);
        if (sections == null) {
            return Map.of(); // reported when it was read
        }
        boolean empty = sections.isEmpty()
                && root.nodes().get(option) instanceof MappingNode mapping
                && mapping.getValue().isEmpty();
        if (empty) {
            problems.add(root.at(option), option.key() + ": must not be empty");
        }
        return sections;
    }

    private void source(Values source) {
        switch (source.section().name()) {
            case "postgres" -> {
                onlyWithHost(source, SourceOptions.POSTGRES_URL, serverOptions(SourceOptions.POSTGRES_PORT));
                List<String> databases = source.find(SourceOptions.DATABASES);
                if (databases != null && !databases.isEmpty() && source.has(SourceOptions.EXCLUDE_DATABASES)) {
                    problems.add(
                            source.at(SourceOptions.EXCLUDE_DATABASES),
                            source.path(SourceOptions.EXCLUDE_DATABASES)
                                    + ": has no meaning together with databases, which names all there are to save");
                }
            }
            case "redis" -> {
                onlyWithHost(source, SourceOptions.REDIS_URL, serverOptions(SourceOptions.REDIS_PORT));
                onlyWithHost(source, SourceOptions.REDIS_URL, List.of(SourceOptions.TLS));
            }
            default -> {}
        }
    }

    private static List<Option<?>> serverOptions(Option<Integer> port) {
        return List.of(port, SourceOptions.USER, SourceOptions.PASSWORD);
    }

    private void onlyWithHost(Values source, Option<?> url, List<Option<?>> options) {
        for (Option<?> option : options) {
            if (source.has(url) && source.has(option)) {
                problems.add(
                        source.at(option), source.path(option) + ": belongs into the URL, or use host instead of url");
            }
        }
    }

    private void job(Values job) {
        namesOf(job, JobOptions.SOURCES, "source", names(RootOptions.SOURCES));
        Set<String> repositories = names(RootOptions.REPOSITORIES);
        namesOf(job, JobOptions.REPOSITORIES, "repository", repositories);
        String repository = job.find(JobOptions.REPOSITORY);
        if (repository != null) {
            unknownName(
                    job.at(JobOptions.REPOSITORY),
                    job.path(JobOptions.REPOSITORY),
                    "repository",
                    repository,
                    repositories);
        }
        keepsSomething(job.find(JobOptions.RETENTION));
        Values export = job.find(JobOptions.EXPORT);
        if (export != null) {
            List<String> ofJob = job.find(JobOptions.SOURCES);
            namesOf(export, ExportOptions.SOURCES, "source of this job", Set.copyOf(ofJob == null ? List.of() : ofJob));
            keepsSomething(export.find(ExportOptions.KEEP));
        }
    }

    private void keepsSomething(@Nullable Values retention) {
        boolean readWhole = retention != null
                && retention.set().keySet().equals(retention.nodes().keySet());
        if (retention != null
                && readWhole
                && RetentionOptions.settings(retention).keepsNothing()) {
            problems.add(
                    retention.position(),
                    retention.path() + ": every rule is 0, so nothing would be kept; set at least keep-last: 1");
        }
    }

    private void namesOf(Values job, Option<List<String>> option, String what, Set<String> known) {
        List<String> used = job.find(option);
        if (used == null) {
            return;
        }
        List<Position> positions = job.items(option);
        var seen = new HashSet<String>();
        for (int i = 0; i < used.size(); i++) {
            String name = used.get(i);
            unknownName(positions.get(i), job.path(option), what, name, known);
            if (!seen.add(name)) {
                problems.add(positions.get(i), job.path(option) + ": \"" + name + "\" is named twice");
            }
        }
    }

    private void unknownName(Position position, String path, String what, String name, Set<String> known) {
        if (!known.contains(name)) {
            problems.add(
                    position,
                    path + ": there is no " + what + " \"" + name + "\"" + Reading.didYouMean(name, known)
                            + (known.isEmpty() ? "" : " (there is " + String.join(", ", known) + ")"));
        }
    }

    /// Every name the file gives, also of sections that are wrong in themselves.
    private Set<String> names(Option<Map<String, Values>> option) {
        var names = new LinkedHashSet<String>();
        if (root.nodes().get(option) instanceof MappingNode mapping) {
            mapping.getValue().forEach(tuple -> {
                if (tuple.getKeyNode() instanceof ScalarNode key) {
                    names.add(key.getValue());
                }
            });
        }
        return names;
    }
}
