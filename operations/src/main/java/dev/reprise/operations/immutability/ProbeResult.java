package dev.reprise.operations.immutability;

import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.AttackVerdict.Attempt;
import dev.reprise.storage.immutability.AttackVerdict.Effect;
import dev.reprise.storage.immutability.CreateOnlyVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a place promises and whether it holds, in words that can be kept.
///
/// @param at         when it was asked
/// @param createOnly word for create-only writes: `atomic`, `ignored`, `racy`, `unsupported`;
///     empty if not asked
/// @param objectLock word for what is kept: `kept`, `lies`, `open`, `unsupported`; empty if not
///     asked
/// @param faults     a sentence for everything the place does not hold, without its name; empty
///     if it can be relied on
public record ProbeResult(Instant at, String createOnly, String objectLock, List<String> faults) {
    public ProbeResult {
        faults = List.copyOf(faults);
    }

    /// Whether what was asked to be kept is kept. Create-only writes do not count: nothing relies
    /// on them.
    public boolean keepsItsWord() {
        return objectLock.isEmpty() || objectLock.equals("kept");
    }

    /// @param createOnly null if not asked
    /// @param attacks    null if not asked
    static ProbeResult of(Instant at, @Nullable CreateOnlyVerdict createOnly, @Nullable AttackVerdict attacks) {
        List<String> faults = new ArrayList<>();
        if (createOnly != null) {
            faults.addAll(faults(createOnly));
        }
        if (attacks != null) {
            faults.addAll(faults(attacks));
        }
        return new ProbeResult(
                at,
                word(createOnly == null ? null : createOnly.answer()),
                word(attacks == null ? null : attacks.answer()),
                faults);
    }

    private static String word(@Nullable Enum<?> answer) {
        return answer == null ? "" : answer.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> faults(CreateOnlyVerdict verdict) {
        String winners = "%d of %d writers who each wanted to be the first were told they were"
                .formatted(verdict.winners(), verdict.writers());
        return switch (verdict.answer()) {
            case IGNORED -> List.of("it ignores the condition of create-only writes: " + winners);
            case RACY -> List.of("its create-only writes are not atomic: " + winners);
            case ATOMIC, UNSUPPORTED -> List.of();
        };
    }

    private static List<String> faults(AttackVerdict verdict) {
        String done = verdict.attempts(Effect.DONE).stream().map(Attempt::what).collect(Collectors.joining(", "));
        return switch (verdict.answer()) {
            case KEPT -> List.of();
            case LIES -> List.of("it LIES about keeping objects: it let us " + done);
            case OPEN ->
                List.of(
                        done.isEmpty()
                                ? "uploads are not kept: " + verdict.detail()
                                : "these credentials may undo what keeps objects: they may " + done);
            case UNSUPPORTED -> List.of("uploads are not kept: " + verdict.detail());
        };
    }
}
