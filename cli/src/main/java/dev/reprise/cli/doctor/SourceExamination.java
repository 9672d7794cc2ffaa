package dev.reprise.cli.doctor;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.stack.Stack;
import dev.reprise.operations.run.RunSource;

/// Whether a source can be captured: reachable, permitted, with fitting programs.
final class SourceExamination {
    private final Stack stack;
    private final Findings findings;

    SourceExamination(Stack stack, Findings findings) {
        this.stack = stack;
        this.findings = findings;
    }

    void run(Stack.Job job, String name) {
        findings.about("source", name, "source " + name);
        try {
            RunSource source = stack.source(job, name);
            stack.probe(source);
            findings.ok("ready", source.kind() + ", a capture can start");
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            boolean program = e.exitStatus() == ExitStatus.MISSING_PROGRAM;
            findings.problem(program ? "programs" : "ready", e);
        }
    }
}
