package dev.reprise.cli;

import dev.reprise.base.ExitStatus;
import dev.reprise.operations.immutability.ImmutabilityFinding;
import dev.reprise.operations.immutability.ImmutabilityFinding.Looked;
import dev.reprise.operations.immutability.ImmutabilityFinding.Way;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.AttackVerdict.Attempt;
import dev.reprise.storage.immutability.AttackVerdict.Effect;
import dev.reprise.storage.immutability.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What an examination of a place came to, in words and as JSON.
///
/// @param name    the repository's name in the configuration; empty if it has none
/// @param finding what was found
public record ImmutabilityReport(String name, ImmutabilityFinding finding) {
    /// How a command ends that found this.
    public ExitStatus exitStatus() {
        return switch (finding.verdict()) {
            case IMMUTABLE -> ExitStatus.OK;
            case LIES, OPEN, UNLOCKED -> ExitStatus.NOT_IMMUTABLE;
            case NEVER -> ExitStatus.NEVER_IMMUTABLE;
        };
    }

    /// For people, the sentence first.
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("%s: %s".formatted(subject(), sentence()));
        Promise promise = finding.promise();
        if (finding.way() == Way.OBJECT_LOCK) {
            lines.add(
                    promise == null
                            ? "  uploads ask for no retention of their own"
                            : "  uploads ask to be kept: " + promise.describe());
        }
        for (Attempt attempt : finding.attacks().attempts()) {
            lines.add("  %s: tried to %s (%s)%s"
                    .formatted(word(attempt.effect()), attempt.what(), attempt.said(), consequence(attempt)));
        }
        if (!finding.attacks().detail().isEmpty() && finding.way() != Way.NONE) {
            lines.add("  " + finding.attacks().detail());
        }
        looked(lines);
        return lines;
    }

    private String subject() {
        return name.isEmpty() ? finding.location() : "repository " + name + " at " + finding.location();
    }

    private String sentence() {
        return switch (finding.verdict()) {
            case IMMUTABLE ->
                finding.way() == Way.OBJECT_LOCK
                        ? "immutable: nothing that is kept can be destroyed with these credentials"
                        : "immutable: nothing can be destroyed with these credentials";
            case LIES -> "the store LIES: it promises to keep objects and does not";
            case OPEN ->
                switch (finding.way()) {
                    case OBJECT_LOCK ->
                        finding.attacks().attempts().stream().anyMatch(ImmutabilityReport::isBypass)
                                ? "NOT immutable: these credentials may undo what keeps objects"
                                : "NOT immutable: nothing keeps objects there";
                    case APPEND_ONLY, NONE -> "NOT immutable: the server lets these credentials delete";
                };
            case UNLOCKED -> "NOT immutable: the store keeps what it is told to, but real objects are not kept";
            case NEVER -> "cannot be immutable here: " + finding.attacks().detail();
        };
    }

    private static boolean isBypass(Attempt attempt) {
        return attempt.effect() == Effect.DONE && attempt.what().contains("bypass");
    }

    /// What to do about it; empty if nothing needs to be done.
    public String hint() {
        return switch (finding.verdict()) {
            case IMMUTABLE -> "";
            case LIES -> "do not rely on this store; report it to its maker, and keep a copy elsewhere";
            case OPEN ->
                switch (finding.way()) {
                    case OBJECT_LOCK ->
                        finding.promise() == null
                                ? "make a bucket with Object Lock, and set s3.object-lock and s3.retain-days"
                                : "take s3:BypassGovernanceRetention from these credentials, or set"
                                        + " s3.object-lock to compliance";
                    case APPEND_ONLY, NONE -> "start the server with --append-only";
                };
            case UNLOCKED -> "run \"reprise extend-locks\" to have them kept";
            case NEVER ->
                "use S3 with Object Lock, or a server that only adds: \"reprise restic serve --append-only\" on"
                        + " another machine";
        };
    }

    private static String word(Effect effect) {
        return switch (effect) {
            case REFUSED -> "refused";
            case SURVIVED -> "survived";
            case DONE -> "ALLOWED";
        };
    }

    /// A marker or a newer version is no refusal: what is kept is there, but hidden from who does
    /// not ask for it.
    private static String consequence(Attempt attempt) {
        if (attempt.effect() != Effect.SURVIVED) {
            return "";
        }
        boolean hidden = attempt.what().equals("overwrite it") || attempt.what().equals("delete it");
        return "; what is kept is still there" + (hidden ? ", hidden by a newer version or a marker" : "");
    }

    private void looked(List<String> lines) {
        Looked looked = finding.looked();
        if (looked.objects() == 0) {
            return;
        }
        Instant earliest = looked.earliest();
        lines.add("  real objects: %d looked at, %d not kept%s"
                .formatted(
                        looked.objects(),
                        looked.unlocked(),
                        earliest == null ? "" : "; the first that are kept are free from " + earliest + " on"));
        if (!looked.examples().isEmpty()) {
            lines.add("  not kept: " + String.join(", ", looked.examples())
                    + (looked.unlocked() > looked.examples().size() ? ", …" : ""));
        }
    }

    /// The fields of its JSON object.
    public void json(JsonFields fields) {
        AttackVerdict attacks = finding.attacks();
        Promise promise = finding.promise();
        Looked looked = finding.looked();
        Instant earliest = looked.earliest();
        fields.put("repository", name)
                .put("location", finding.location())
                .put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT))
                .put("way", finding.way().name().toLowerCase(Locale.ROOT))
                .put("mode", promise == null ? null : promise.mode().toLowerCase(Locale.ROOT))
                .put("retain_days", promise == null ? 0 : promise.time().toDays())
                .put("detail", attacks.detail())
                .put("hint", hint())
                .put("status", exitStatus().code())
                .putObjects(
                        "attempts",
                        attacks.attempts(),
                        (one, attempt) -> one.put("what", attempt.what())
                                .put("effect", attempt.effect().name().toLowerCase(Locale.ROOT))
                                .put("said", attempt.said()))
                .put("objects_looked_at", looked.objects())
                .put("objects_not_kept", looked.unlocked())
                .putAll("examples_not_kept", looked.examples())
                .put("earliest_end", earliest == null ? null : earliest.toString());
    }

    /// One line of JSON, for who prints without [Output].
    public String json() {
        return JsonFields.object(fields -> json(fields.put("message_type", "immutability")));
    }
}
