package dev.reprise.cli.doctor;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.CommandContext;
import dev.reprise.cli.Configurations;
import dev.reprise.cli.GlobalOptions;
import dev.reprise.cli.Output;
import dev.reprise.cli.Repositories;
import dev.reprise.cli.UsageException;
import dev.reprise.cli.stack.Stack;
import dev.reprise.config.RepriseConfig;
import dev.reprise.storage.Storage;
import dev.reprise.storage.setup.Purpose;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.setup.Setup;
import dev.reprise.storage.setup.Setup.Form;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "doctor",
        header = "Examine whether jobs can run, and print what to set where.",
        description = {
            "Looks at this machine (limits, space, files with secrets), at every source (reachable, permitted, programs)"
                    + " and at every repository (reachable, password, keys, rights, clock). Each finding is ok, a"
                    + " warning, a problem, or not examined, with the next command.",
            "Then prints for every repository how to set up its other side: a policy with the least rights, encryption,"
                    + " versions, public access, or the configuration of the server. Nothing of it is carried out.",
            "Writes one lock into each repository and removes it again; changes nothing else. Whether credentials can"
                    + " destroy what is there is another question: \"reprise check --immutability\".",
            ""
        },
        exitCodeList = {
            " 0:no problem; there may be warnings",
            " 1:there are problems",
            " 3:no problem was found, but something could not be examined",
            "20:the configuration or the command line is wrong"
        },
        footer = {
            "  reprise doctor",
            "  reprise doctor nightly --json",
            "  reprise doctor offsite --policy --for backup > policy.json"
        })
public final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    private final CommandContext context;
    private final Stack.Factory stacks;

    @Parameters(
            paramLabel = "JOB|REPOSITORY",
            arity = "0..*",
            description = "Jobs, with their sources and repositories, or repositories. Default: everything.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--for",
            paramLabel = "PURPOSE",
            description = "What the rights are for: backup adds only, restore reads only, prune removes as well."
                    + " Default: backup.")
    private Purpose purpose = Purpose.BACKUP;

    @Option(
            names = "--policy",
            description = "Print nothing but the policy of one repository, as its store takes it. Examine nothing.")
    private boolean policyOnly;

    public DoctorCommand(CommandContext context, Stack.Factory stacks) {
        this.global = new GlobalOptions(context);
        this.context = context;
        this.stacks = stacks;
    }

    /// What is to be examined.
    private record Choice(List<Stack.Job> jobs, Set<String> repositories) {}

    @Override
    public Integer call() {
        RepriseConfig config = Configurations.load(global);
        Stack stack = stacks.of(global);
        Choice chosen = choose(stack);
        var repositories = new Repositories(config, context);
        if (policyOnly) {
            return policy(repositories, chosen.repositories());
        }
        var findings = new Findings(global.output());
        var machine = new MachineExamination(context, config, findings, Path.of("/proc/self/limits"));
        machine.run();
        var sources = new SourceExamination(stack, findings);
        Set<String> examined = new LinkedHashSet<>();
        for (Stack.Job job : chosen.jobs()) {
            job.sources().stream().filter(examined::add).forEach(source -> sources.run(job, source));
        }
        var exports = new ExportExamination(stack, findings);
        chosen.jobs().forEach(exports::run);
        for (String name : chosen.repositories()) {
            new RepositoryExamination(repositories, context, config.repository(name), findings, machine).run();
        }
        chosen.repositories().forEach(name -> show(name, repositories));
        return findings.conclude().code();
    }

    private Choice choose(Stack stack) {
        if (names.isEmpty()) {
            return new Choice(stack.jobs(), new LinkedHashSet<>(stack.repositories()));
        }
        List<Stack.Job> jobs = new ArrayList<>();
        Set<String> repositories = new LinkedHashSet<>();
        for (String name : names) {
            List<Stack.Job> named =
                    stack.jobs().stream().filter(job -> job.name().equals(name)).toList();
            if (named.isEmpty() && !stack.repositories().contains(name)) {
                throw new UsageException(
                        "there is no job or repository \"%s\"".formatted(name),
                        "there are: "
                                + String.join(
                                        ", ",
                                        stack.jobs().stream()
                                                .map(Stack.Job::name)
                                                .toList())
                                + "; " + String.join(", ", stack.repositories()));
            }
            jobs.addAll(named);
            named.forEach(job -> repositories.addAll(job.repositories()));
            if (stack.repositories().contains(name)) {
                repositories.add(name);
            }
        }
        return new Choice(jobs, repositories);
    }

    private int policy(Repositories repositories, Set<String> chosen) {
        if (chosen.size() != 1) {
            throw new UsageException(
                    "--policy takes one repository, not %d".formatted(chosen.size()),
                    "name one of " + String.join(", ", chosen));
        }
        String name = chosen.iterator().next();
        List<Setup.Part> policies = setup(name, repositories).parts().stream()
                .filter(part -> part.form() == Form.POLICY)
                .toList();
        if (policies.isEmpty()) {
            throw new UsageException(
                    "the place of repository %s takes no policy document".formatted(name),
                    "\"reprise doctor %s\" prints what is set there instead".formatted(name));
        }
        policies.forEach(part -> context.out().println(part.text()));
        return ExitStatus.OK.code();
    }

    private Setup setup(String name, Repositories repositories) {
        try (Storage place = repositories.storage(repositories.config().repository(name))) {
            ServerSide server = place.capability(ServerSide.class);
            return server == null ? new Setup(List.of()) : server.setup(purpose);
        }
    }

    private void show(String name, Repositories repositories) {
        Output output = global.output();
        Setup setup;
        try {
            setup = setup(name, repositories);
        } catch (RepriseException e) {
            return; // its finding says so already
        }
        String word = purpose.name().toLowerCase(Locale.ROOT);
        output.result("");
        output.result("repository %s, set up for %s".formatted(name, word));
        for (Setup.Part part : setup.parts()) {
            output.result("  # " + part.title());
            part.text().lines().forEach(line -> output.result("  " + line));
        }
        output.result("");
        output.message(
                "setup",
                fields -> fields.put("repository", name)
                        .put("for", word)
                        .putObjects(
                                "parts",
                                setup.parts(),
                                (each, part) -> each.put(
                                                "form", part.form().name().toLowerCase(Locale.ROOT))
                                        .put("title", part.title())
                                        .put("text", part.text())));
    }
}
