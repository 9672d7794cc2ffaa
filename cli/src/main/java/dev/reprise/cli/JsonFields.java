package dev.reprise.cli;

import java.io.StringWriter;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The fields of one JSON object, written in the order of the calls.
public final class JsonFields {
    private final JsonGenerator generator;

    private JsonFields(JsonGenerator generator) {
        this.generator = generator;
    }

    /// One object on one line, without the line end.
    static String object(Consumer<JsonFields> fields) {
        var text = new StringWriter();
        try (JsonGenerator generator = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            generator.writeStartObject();
            fields.accept(new JsonFields(generator));
            generator.writeEndObject();
        }
        return text.toString();
    }

    /// Writes `null` for null.
    public JsonFields put(String name, @Nullable String value) {
        generator.writeName(name);
        if (value == null) {
            generator.writeNull();
        } else {
            generator.writeString(value);
        }
        return this;
    }

    public JsonFields put(String name, long value) {
        generator.writeName(name);
        generator.writeNumber(value);
        return this;
    }

    /// @param value finite
    public JsonFields put(String name, double value) {
        generator.writeName(name);
        generator.writeNumber(value);
        return this;
    }

    public JsonFields put(String name, boolean value) {
        generator.writeName(name);
        generator.writeBoolean(value);
        return this;
    }

    public JsonFields putAll(String name, Collection<String> values) {
        return array(name, values, generator::writeString);
    }

    public JsonFields putNumbers(String name, Collection<? extends Number> values) {
        return array(name, values, number -> generator.writeNumber(number.longValue()));
    }

    /// A field that is an object.
    public JsonFields putObject(String name, Consumer<JsonFields> fields) {
        generator.writeName(name);
        generator.writeStartObject();
        fields.accept(this);
        generator.writeEndObject();
        return this;
    }

    /// A field that is an array of objects, one for each item.
    public <T> JsonFields putObjects(String name, Collection<T> items, BiConsumer<JsonFields, T> fields) {
        return array(name, items, item -> {
            generator.writeStartObject();
            fields.accept(this, item);
            generator.writeEndObject();
        });
    }

    /// A field that is a tree of maps, lists, texts, numbers and truth values.
    public JsonFields putTree(String name, Object tree) {
        generator.writeName(name);
        write(tree);
        return this;
    }

    private void write(Object tree) {
        switch (tree) {
            case Map<?, ?> map -> {
                generator.writeStartObject();
                map.forEach((key, value) -> {
                    generator.writeName(String.valueOf(key));
                    write(value);
                });
                generator.writeEndObject();
            }
            case Collection<?> items -> {
                generator.writeStartArray();
                items.forEach(this::write);
                generator.writeEndArray();
            }
            case Boolean flag -> generator.writeBoolean(flag);
            case Number number -> generator.writeNumber(number.longValue());
            default -> generator.writeString(tree.toString());
        }
    }

    private <T> JsonFields array(String name, Collection<T> items, Consumer<T> writer) {
        generator.writeName(name);
        generator.writeStartArray();
        items.forEach(writer);
        generator.writeEndArray();
        return this;
    }
}
