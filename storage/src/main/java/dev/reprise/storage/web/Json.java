package dev.reprise.storage.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A JSON object that others wrote. Depth and lengths are limited by the parser; a member that is
/// missing or of another shape is empty.
public record Json(Map<String, Object> members) {
    private static final JsonFactory FACTORY = new JsonFactory();

    /// @throws IOException if it is no JSON object
    public static Json parse(byte[] bytes) throws IOException {
        try (JsonParser in =
                FACTORY.createParser(ObjectReadContext.empty(), new String(bytes, StandardCharsets.UTF_8))) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object");
            }
            return new Json(object(in));
        } catch (JacksonException e) {
            throw new IOException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Map<String, Object> object(JsonParser in) {
        Map<String, Object> members = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = in.currentName();
            in.nextToken();
            members.put(name, value(in));
        }
        return members;
    }

    private static Object value(JsonParser in) {
        return switch (in.currentToken()) {
            case START_OBJECT -> object(in);
            case START_ARRAY -> array(in);
            default -> String.valueOf(in.getString());
        };
    }

    private static List<Object> array(JsonParser in) {
        List<Object> items = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(in));
        }
        return items;
    }

    /// Numbers too, as written.
    public String text(String name) {
        return members.get(name) instanceof String text ? text : "";
    }

    /// @return -1 if it is missing or no such number
    public long number(String name) {
        try {
            return Long.parseLong(text(name));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// Empty if there is none.
    public Json object(String name) {
        return of(members.getOrDefault(name, ""));
    }

    public List<Json> objects(String name) {
        return members.get(name) instanceof List<?> list
                ? list.stream().map(Json::of).toList()
                : List.of();
    }

    private static Json of(Object value) {
        Map<String, Object> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> members.put(String.valueOf(name), member));
        }
        return new Json(members);
    }

    /// A JSON string with its quotes.
    public static String quoted(String text) {
        var out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c < ' ') {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
