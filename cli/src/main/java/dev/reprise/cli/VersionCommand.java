package dev.reprise.cli;

import dev.reprise.base.ExitStatus;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "version",
        header = "Print the version of Reprise, of Java and of the repository format.",
        description = {"Reads nothing but the program itself: no configuration, no repository, no network."},
        exitCodeList = {" 0:printed"},
        footer = {"  reprise version", "  reprise version --json"})
final class VersionCommand implements Callable<Integer> {
    @Mixin
    private final GlobalOptions global;

    VersionCommand(CommandContext context) {
        this.global = new GlobalOptions(context);
    }

    @Override
    public Integer call() {
        BuildInfo info = BuildInfo.read();
        String java = System.getProperty("java.runtime.version", "unknown");
        String platform = System.getProperty("os.name", "unknown") + " " + System.getProperty("os.arch", "unknown");
        Output output = global.output();
        output.result("reprise " + info.version() + " (build " + info.build() + ")");
        output.result("Java " + java + ", " + platform);
        output.result("repository format: restic's, versions 1 and 2");
        output.message(
                "version",
                fields -> fields.put("version", info.version())
                        .put("build", info.build())
                        .put("java_version", java)
                        .put("platform", platform)
                        .putNumbers("repository_formats", List.of(1, 2)));
        return ExitStatus.OK.code();
    }
}
