package dev.reprise.cli.doctor;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import dev.reprise.cli.Output;
import java.util.EnumMap;
import java.util.Map;

/// Shows what is found while it is found, and counts. For one thread.
final class Findings {
    private final Output output;
    private final Map<Grade, Integer> counts = new EnumMap<>(Grade.class);
    private String kind = "";
    private String name = "";

    Findings(Output output) {
        this.output = output;
    }

    /// What the following findings are about.
    ///
    /// @param newKind `machine`, `repository`, `source`, `export`
    /// @param heading for people
    void about(String newKind, String newName, String heading) {
        kind = newKind;
        name = newName;
        output.result(heading);
    }

    void ok(String check, String fact) {
        add(Grade.OK, check, fact, "");
    }

    void warning(String check, String fact, String hint) {
        add(Grade.WARNING, check, fact, hint);
    }

    void problem(String check, String fact, String hint) {
        add(Grade.PROBLEM, check, fact, hint);
    }

    void problem(String check, RepriseException failure) {
        add(Grade.PROBLEM, check, failure.fact(), failure.hint());
    }

    void notExamined(String check, String why) {
        add(Grade.NOT_EXAMINED, check, why, "");
    }

    /// Two levels of the same fact, so that thresholds stand in one place.
    void graded(Grade grade, String check, String fact, String hint) {
        add(grade, check, fact, grade == Grade.OK ? "" : hint);
    }

    private void add(Grade grade, String check, String fact, String hint) {
        counts.merge(grade, 1, Integer::sum);
        output.result("  %-12s  %s: %s".formatted(grade.words(), check, fact));
        if (!hint.isEmpty()) {
            output.result("                hint: " + hint);
        }
        output.message(
                "finding",
                fields -> fields.put("about", kind)
                        .put("name", name)
                        .put("check", check)
                        .put("grade", grade.word())
                        .put("fact", fact)
                        .put("hint", hint));
    }

    /// Says how many there are of each grade.
    ///
    /// @return failed if there is a problem, incomplete if something was not examined
    ExitStatus conclude() {
        output.result("%d ok, %d warnings, %d problems, %d not examined"
                .formatted(count(Grade.OK), count(Grade.WARNING), count(Grade.PROBLEM), count(Grade.NOT_EXAMINED)));
        output.message(
                "doctor",
                fields -> fields.put("ok", count(Grade.OK))
                        .put("warnings", count(Grade.WARNING))
                        .put("problems", count(Grade.PROBLEM))
                        .put("not_examined", count(Grade.NOT_EXAMINED)));
        if (count(Grade.PROBLEM) > 0) {
            return ExitStatus.FAILED;
        }
        return count(Grade.NOT_EXAMINED) > 0 ? ExitStatus.INCOMPLETE : ExitStatus.OK;
    }

    private int count(Grade grade) {
        return counts.getOrDefault(grade, 0);
    }
}
