package dev.reprise.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The JSON Schema (2020-12) of the configuration, for editors.
public final class Schemas {
    private Schemas() {}

    /// As text, with a line end.
    public static String text() {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "reprise.yaml");
        schema.putAll(section(RootOptions.SECTION, null));
        var indenter = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        return JsonMapper.builder()
                        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                        .defaultPrettyPrinter(printer)
                        .build()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(schema)
                + "\n";
    }

    /// @param kind value that the section's `kind` key must have; null if it has no such key
    static Map<String, Object> section(Section section, @Nullable String kind) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        if (kind != null) {
            properties.put(ValueType.Named.KIND, Map.of("const", kind));
            required.add(ValueType.Named.KIND);
        }
        for (Option<?> option : section.options()) {
            properties.put(option.key(), property(option));
            if (option.required()) {
                required.add(option.key());
            }
        }
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "object");
        schema.put("description", section.help());
        schema.put("properties", properties);
        schema.put("required", required);
        schema.put("additionalProperties", false);
        for (List<Option<?>> alternatives : section.exactlyOne()) {
            schema.put(
                    "oneOf",
                    alternatives.stream()
                            .map(option -> Map.of("required", List.of(option.key())))
                            .toList());
        }
        return schema;
    }

    private static <T> Map<String, Object> property(Option<T> option) {
        var schema = new LinkedHashMap<>(option.type().schema());
        schema.put("description", option.help());
        T fallback = option.fallback();
        if (fallback != null) {
            schema.put("default", option.type().shown(fallback));
        }
        return schema;
    }

    static Map<String, Object> named(ValueType.Named named) {
        List<Map<String, Object>> kinds = named.kinds().entrySet().stream()
                .map(entry -> section(entry.getValue(), entry.getKey().isEmpty() ? null : entry.getKey()))
                .toList();
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "object");
        schema.put("minProperties", 1);
        schema.put("propertyNames", Map.of("pattern", ValueType.Named.NAME_PATTERN));
        schema.put("additionalProperties", named.hasKinds() ? Map.of("oneOf", kinds) : kinds.getFirst());
        return schema;
    }
}
