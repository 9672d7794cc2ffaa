package dev.reprise.cli.restic;

import dev.reprise.cli.BuildInfo;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.model.GoJsonWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "version", description = "Print the version.")
final class VersionVerb implements Callable<Integer> {
    /// Wrappers read "restic 0.19.1 …" and compare numbers: this is whose verbs and messages these are.
    static final String SPOKEN = "0.19.1";

    @Mixin
    private final ResticOptions global;

    VersionVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        BuildInfo build = BuildInfo.read();
        String runtime = "java" + Runtime.version().feature();
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch", "");
        if (global.json()) {
            global.output()
                    .json(new GoJsonWriter()
                            .raw("{\"message_type\":\"version\",\"version\":")
                            .string(SPOKEN)
                            .raw(",\"go_version\":")
                            .string(runtime)
                            .raw(",\"go_os\":")
                            .string(system)
                            .raw(",\"go_arch\":")
                            .string(machine)
                            .raw('}'));
        } else {
            global.output()
                    .result("restic %s spoken by reprise %s (%s) with %s on %s/%s"
                            .formatted(SPOKEN, build.version(), build.build(), runtime, system, machine));
        }
        return 0;
    }
}
