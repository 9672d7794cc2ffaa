package dev.reprise.cli.stack;

import dev.reprise.cli.JsonFields;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.sources.Facts;
import java.util.Locale;

/// A recovery point as JSON fields.
final class PointJson {
    private PointJson() {}

    static void summary(JsonFields fields, RecoveryPoint point) {
        fields.put("point", point.run().hex())
                .put("job", point.job())
                .put("host", point.host())
                .put("started", point.started().toString())
                .put("finished", point.finished().toString())
                .put("consistent_at", point.consistentAt().toString())
                .put("complete", point.complete())
                .putObjects("sources", point.sources(), PointJson::source);
    }

    static void all(JsonFields fields, RecoveryPoint point) {
        fields.put("point", point.run().hex())
                .put("job", point.job())
                .put("host", point.host())
                .put("program", point.program())
                .put("started", point.started().toString())
                .put("finished", point.finished().toString())
                .put("consistent_at", point.consistentAt().toString())
                .put("complete", point.complete())
                .putObjects("sources", point.sources(), (source, captured) -> {
                    source(source, captured);
                    source.putObjects(
                            "streams",
                            captured.streams(),
                            (stream, each) -> stream.put("path", each.path())
                                    .put("bytes", each.bytes())
                                    .put("sha256", each.sha256().hex()));
                    source.putObject("facts", facts -> facts(facts, captured.facts()));
                });
    }

    private static void source(JsonFields fields, CapturedSource source) {
        fields.put("name", source.name())
                .put("kind", source.kind())
                .put("required", source.required())
                .put("outcome", source.outcome().name().toLowerCase(Locale.ROOT))
                .put(
                        "snapshot_id",
                        source.snapshot() == null ? null : source.snapshot().hex())
                .put("bytes", source.bytes())
                .put("added_bytes", source.addedBytes())
                .put("unreadable", source.unreadable())
                .putAll("problems", source.problems());
    }

    static void facts(JsonFields fields, Facts facts) {
        fields.put("consistent_at", facts.consistentAt().toString())
                .putObject("versions", map -> facts.versions().forEach(map::put))
                .putObject("positions", map -> facts.positions().forEach(map::put))
                .putObject("counts", map -> facts.counts().forEach(map::put))
                .putObject("digests", map -> facts.digests().forEach(map::put));
    }
}
