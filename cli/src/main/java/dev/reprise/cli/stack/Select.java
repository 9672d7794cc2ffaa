package dev.reprise.cli.stack;

import dev.reprise.base.ExitStatus;
import dev.reprise.operations.OperationException;
import java.util.ArrayList;
import java.util.List;

/// Finds what the user named.
final class Select {
    private Select() {}

    /// @param names empty means all
    static List<Stack.Job> jobs(Stack stack, List<String> names) {
        if (stack.jobs().isEmpty()) {
            throw new OperationException(
                    ExitStatus.BAD_CONFIGURATION,
                    "there is no job to run",
                    "add sources and jobs to the configuration, or set DATABASE_URL, REDIS_URL or UPLOADS_DIR",
                    null);
        }
        if (names.isEmpty()) {
            return stack.jobs();
        }
        List<Stack.Job> jobs = new ArrayList<>();
        for (String name : names) {
            jobs.add(stack.jobs().stream()
                    .filter(job -> job.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> unknown(
                            "job",
                            name,
                            stack.jobs().stream().map(Stack.Job::name).toList())));
        }
        return jobs;
    }

    /// The repository a user means: named, or the only one.
    ///
    /// @param name empty when not given
    static String repository(Stack stack, String name) {
        List<String> known = stack.repositories();
        if (name.isEmpty() && known.size() == 1) {
            return known.getFirst();
        }
        if (name.isEmpty()) {
            throw new OperationException(
                    ExitStatus.BAD_CONFIGURATION,
                    "there are %d repositories: %s".formatted(known.size(), String.join(", ", known)),
                    "choose one with --repository",
                    null);
        }
        if (!known.contains(name)) {
            throw unknown("repository", name, known);
        }
        return name;
    }

    /// Where points are looked up: the repository that was named, else the first one of the job that was named, or of
    /// every job if they agree, else the only one.
    ///
    /// @param name empty when not given, as is `job`
    static String firstRepository(Stack stack, String name, String job) {
        List<String> first = stack.jobs().stream()
                .filter(each -> job.isEmpty() || each.name().equals(job))
                .map(Stack.Job::repository)
                .distinct()
                .toList();
        return name.isEmpty() && first.size() == 1 ? first.getFirst() : repository(stack, name);
    }

    /// Where a source is restored from: the repository that was named, else that of the first job which captures it,
    /// else the only one. A source needs no configuration to be restored: the point knows what it is.
    ///
    /// @param name empty when not given
    static String repositoryOf(Stack stack, String name, List<String> sources) {
        if (!name.isEmpty()) {
            return repository(stack, name);
        }
        return stack.jobs().stream()
                .filter(job -> job.sources().stream().anyMatch(sources::contains))
                .findFirst()
                .map(Stack.Job::repository)
                .orElseGet(() -> repository(stack, ""));
    }

    private static OperationException unknown(String what, String name, List<String> known) {
        return new OperationException(
                ExitStatus.BAD_CONFIGURATION,
                "there is no %s \"%s\"".formatted(what, name),
                known.isEmpty() ? "none is configured" : "there are: " + String.join(", ", known),
                null);
    }
}
