package dev.reprise.operations.point;

import dev.reprise.base.ObjectId;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/// JSON of a manifest. Ids are hex strings, instants ISO 8601; unknown members are ignored so that newer programs
/// may add some.
public final class PointFormat {
    private static final int MAX_DEPTH = 32;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule()
                    .addSerializer(ObjectId.class, text(ObjectId::hex))
                    .addDeserializer(ObjectId.class, parse(ObjectId::parse))
                    .addSerializer(RunId.class, text(RunId::hex))
                    .addDeserializer(RunId.class, parse(RunId::new)))
            .build();

    private PointFormat() {}

    /// UTF-8 JSON, also used where a point is shown to machines.
    public static byte[] encode(RecoveryPoint point) {
        return MAPPER.writeValueAsBytes(point);
    }

    /// @throws IllegalArgumentException if the bytes are no manifest, or one of a newer format
    public static RecoveryPoint decode(byte[] json) {
        @Nullable RecoveryPoint point;
        try {
            point = MAPPER.readValue(json, RecoveryPoint.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not a manifest: " + e.getOriginalMessage(), e);
        }
        if (point == null) {
            throw new IllegalArgumentException("not a manifest: null");
        }
        if (point.format() != RecoveryPoint.FORMAT) {
            throw new IllegalArgumentException(
                    "manifest format %d is not known to this program".formatted(point.format()));
        }
        Completeness.require(point);
        return point;
    }

    private static <T> ValueSerializer<T> text(java.util.function.Function<T, String> form) {
        return new ValueSerializer<>() {
            @Override
            public void serialize(T value, JsonGenerator out, SerializationContext context) {
                out.writeString(form.apply(value));
            }
        };
    }

    private static <T> ValueDeserializer<T> parse(java.util.function.Function<String, T> form) {
        return new ValueDeserializer<>() {
            @Override
            public T deserialize(JsonParser in, DeserializationContext context) {
                String text = in.getString();
                try {
                    return form.apply(text);
                } catch (IllegalArgumentException e) {
                    return context.reportInputMismatch(this, "%s", e.getMessage());
                }
            }
        };
    }
}
