package dev.reprise.sources.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Small JSON documents as maps, lists, strings, longs and booleans.
public final class JsonTree {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int MAX_BYTES = 16 << 20; // databases and settings of one server take kilobytes
    private static final int MAX_DEPTH = 16;

    private JsonTree() {}

    /// UTF-8 bytes, ending in a newline.
    public static byte[] write(Object value) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            write(generator, value);
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator generator, Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                generator.writeStartObject();
                map.forEach((name, inner) -> {
                    generator.writeName((String) name);
                    write(generator, inner);
                });
                generator.writeEndObject();
            }
            case List<?> list -> {
                generator.writeStartArray();
                list.forEach(inner -> write(generator, inner));
                generator.writeEndArray();
            }
            case String text -> generator.writeString(text);
            case Boolean flag -> generator.writeBoolean(flag);
            case Number number -> generator.writeNumber(number.longValue());
            default -> throw new IllegalStateException("no JSON for " + value.getClass());
        }
    }

    /// Reads one document; `null` values are left out.
    ///
    /// @throws IOException if it is not JSON, longer than 16 MiB or deeper than 16 levels
    public static Object read(InputStream stream) throws IOException {
        byte[] bytes = stream.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new IOException("the JSON document is longer than 16 MiB");
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            Object value = value(parser, parser.nextToken(), 0);
            if (value == null || parser.nextToken() != null) {
                throw new IOException("not one JSON document");
            }
            return value;
        } catch (JacksonException e) {
            throw new IOException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token, int depth) throws IOException {
        if (depth > MAX_DEPTH || token == null) {
            throw new IOException("the JSON document is too deep or cut off");
        }
        return switch (token) {
            case START_OBJECT -> {
                var map = new LinkedHashMap<String, Object>();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    Object inner = value(parser, parser.nextToken(), depth + 1);
                    if (inner != null) {
                        map.put(name, inner);
                    }
                }
                yield map;
            }
            case START_ARRAY -> {
                var list = new ArrayList<Object>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    Object inner = value(parser, next, depth + 1);
                    if (inner != null) {
                        list.add(inner);
                    }
                }
                yield list;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, VALUE_NUMBER_FLOAT ->
                throw new IOException("unexpected " + token + " in the JSON document");
        };
    }
}
