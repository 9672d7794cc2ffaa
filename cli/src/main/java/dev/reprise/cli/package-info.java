/// The commands, one class each, and the frame they run in.
///
/// **In:** arguments, environment, `reprise.yaml`. **Out:** lines for people or JSON messages, and an exit status.
/// **May use:** `recovery`, `config` and below. **Used by:** `demo`, `app`.
///
/// How to add a command:
///
/// 1. Write a class `implements Callable<Integer>` with picocli's `@Command`. Its annotations are its help, so
///    they say purpose, what it does not do, options, exit statuses and examples. `version` shows the form.
/// 2. Give it a constructor taking [CommandContext][dev.reprise.cli.CommandContext], which holds the environment,
///    the clock, the streams. If it has the usual options, keep
///    `@Mixin private final GlobalOptions global;` and set it to `new GlobalOptions(context)`.
/// 3. Add one line to [CommandList#standard()][dev.reprise.cli.CommandList]:
///    `.with("name", YourCommand::new)`. Modules above this one add theirs in `app`.
/// 4. Print through `global.output()` only: `result` for what was asked for, `info` for remarks, `warning`,
///    `message` for JSON, `progress` for long work. Never print to `System.out`.
/// 5. Throw [RepriseException][dev.reprise.base.RepriseException] for what can be expected; the frame prints fact and
///    hint and ends with its exit status. Return an [ExitStatus][dev.reprise.base.ExitStatus] code otherwise.
///    Anything else thrown is a bug: it prints a stack trace and exits with 1.
/// 6. Long work is stopped by interrupting its thread: let `CancelledException` through.
///
/// Only the invoked command is built, so a command's class may use heavy libraries freely; nothing else in this
/// package may.
@NullMarked
package dev.reprise.cli;

import org.jspecify.annotations.NullMarked;
