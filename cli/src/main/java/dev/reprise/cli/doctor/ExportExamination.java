package dev.reprise.cli.doctor;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.stack.Stack;
import dev.reprise.operations.export.Exports;
import dev.reprise.storage.Storage;
import dev.reprise.storage.plain.PlainFiles;

/// Whether a job's exports can be reached. Writes nothing.
final class ExportExamination {
    private final Stack stack;
    private final Findings findings;

    ExportExamination(Stack stack, Findings findings) {
        this.stack = stack;
        this.findings = findings;
    }

    /// Nothing, for a job that exports nothing.
    void run(Stack.Job job) {
        Stack.ExportChoice choice = stack.export(job);
        if (choice == null) {
            return;
        }
        findings.about("export", job.name(), "exports of job " + job.name());
        try (Storage place = choice.open().get()) {
            PlainFiles files = place.capability(PlainFiles.class);
            if (files == null) {
                findings.problem(
                        "place",
                        "exports cannot be written to " + place.location(),
                        "use a directory, or a place of kind s3 or sftp");
                return;
            }
            int[] unreadable = {0};
            int there = new Exports(files)
                    .look((_, _) -> unreadable[0]++)
                    .of(job.name())
                    .size();
            if (unreadable[0] > 0) {
                findings.warning(
                        "exports",
                        "%d folders in %s have a manifest that cannot be understood"
                                .formatted(unreadable[0], files.location()),
                        "\"reprise export %s --list\" names them".formatted(job.name()));
            }
            findings.ok(
                    "place",
                    "%s answers, and %d exports are there; whether it can be written is seen at the next one"
                            .formatted(files.location(), there));
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            findings.problem("place", e);
        }
    }
}
