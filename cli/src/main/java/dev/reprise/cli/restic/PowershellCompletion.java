package dev.reprise.cli.restic;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// A completion script for PowerShell: verbs, and the flags of the verb that was typed.
final class PowershellCompletion {
    private static final String START = """
            # Completion of restic for PowerShell.
            Register-ArgumentCompleter -Native -CommandName 'restic' -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $table = @{
            """;
    private static final String END = """
                }
                $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
                $key = ''
                foreach ($word in $words) {
                    $longer = ($key + ' ' + $word).Trim()
                    if ($table.ContainsKey($longer)) { $key = $longer }
                }
                $table[$key] | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """;

    private PowershellCompletion() {}

    static String script(CommandLine root) {
        var script = new StringBuilder(START);
        append(script, root, "");
        return script.append(END).toString();
    }

    private static void append(StringBuilder script, CommandLine line, String path) {
        List<String> words = new ArrayList<>(line.getSubcommands().keySet());
        for (OptionSpec option : line.getCommandSpec().options()) {
            if (!option.hidden()) {
                words.add(option.longestName());
            }
        }
        String list = words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(", "));
        script.append("        '%s' = @(%s)\n".formatted(path, list));
        line.getSubcommands().forEach((name, below) -> append(script, below, (path + " " + name).strip()));
    }
}
