package dev.reprise.repository.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The members of one small JSON object, for documents where every member is optional and unknown ones are kept.
///
/// Read as Go reads them: `null` is the same as absent, the last of two equal names counts, bytes that are not UTF-8
/// become U+FFFD. Every getter throws `IllegalArgumentException` naming the member if its value has another shape.
public final class JsonMembers {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Map<String, String> members;

    private JsonMembers(Map<String, String> members) {
        this.members = members;
    }

    /// @throws IllegalArgumentException if the bytes are not exactly one JSON object, white space around it aside
    public static JsonMembers parse(byte[] json) {
        return parse(new String(json, StandardCharsets.UTF_8));
    }

    private static JsonMembers parse(String json) {
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                members.put(name, value(parser, json));
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("more follows after the JSON object");
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it is not valid JSON: " + e.getOriginalMessage(), e);
        }
        return new JsonMembers(members);
    }

    /// The text of the value that comes next, as it stands.
    private static String value(JsonParser parser, String json) {
        parser.nextToken();
        int start = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
        parser.skipChildren();
        parser.finishToken();
        return json.substring(start, Math.toIntExact(parser.currentLocation().getCharOffset()));
    }

    /// @return null if absent
    public @Nullable String text(String name) {
        String value = present(name);
        return value == null ? null : string(name, value);
    }

    public String text(String name, String absent) {
        String text = text(name);
        return text == null ? absent : text;
    }

    public long number(String name, long absent) {
        String value = present(name);
        if (value == null) {
            return absent;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw wrong(name, "a whole number of 64 bits", e);
        }
    }

    public boolean flag(String name) {
        String value = present(name);
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw wrong(name, "true or false", null);
        }
        return "true".equals(value);
    }

    /// @return empty if absent
    public List<String> texts(String name) {
        String value = present(name);
        return value == null ? List.of() : strings(name, value);
    }

    /// @return null if absent
    public @Nullable JsonMembers object(String name) {
        String value = present(name);
        if (value == null) {
            return null;
        }
        if (!value.startsWith("{")) {
            throw wrong(name, "an object", null);
        }
        return parse(value);
    }

    /// JSON of the members not listed, in the order they were read.
    public Map<String, String> except(Collection<String> known) {
        Map<String, String> others = new LinkedHashMap<>(members);
        others.keySet().removeAll(known);
        return others;
    }

    /// @return null if absent or JSON's null
    private @Nullable String present(String name) {
        String value = members.get(name);
        return value == null || value.equals("null") ? null : value;
    }

    private static String string(String name, String value) {
        if (isPlain(value, 0, value.length())) {
            return value.substring(1, value.length() - 1);
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), value)) {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw wrong(name, "a string", null);
            }
            return parser.getString();
        }
    }

    /// Whether a range of sound JSON is one string that stands for itself: nearly all are, and a parser for each takes
    /// most of the time of reading thousands of documents.
    private static boolean isPlain(String json, int start, int end) {
        if (end - start < 2 || json.charAt(start) != '"' || json.charAt(end - 1) != '"') {
            return false;
        }
        for (int i = start + 1; i < end - 1; i++) {
            char c = json.charAt(i);
            if (c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    /// The strings of a list in which all stand for themselves and nothing is between them but commas.
    ///
    /// @return null if it is something else
    private static @Nullable List<String> plainStrings(String value) {
        List<String> strings = new ArrayList<>();
        int end = value.length() - 1;
        if (!value.startsWith("[")) {
            return null;
        }
        for (int at = 0; at < end; ) {
            int close = value.startsWith("\"", at + 1) ? value.indexOf('"', at + 2) : -1;
            if (value.charAt(at) != (at == 0 ? '[' : ',') || close < 0 || !isPlain(value, at + 1, close + 1)) {
                return null;
            }
            strings.add(value.substring(at + 2, close));
            at = close + 1;
        }
        return List.copyOf(strings);
    }

    private static List<String> strings(String name, String value) {
        List<String> plain = plainStrings(value);
        if (plain != null) {
            return plain;
        }
        List<String> strings = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), value)) {
            JsonToken token = parser.nextToken();
            if (token != JsonToken.START_ARRAY) {
                throw wrong(name, "a list of strings", null);
            }
            for (token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NULL) {
                    throw wrong(name, "a list of strings", null);
                }
                strings.add(token == JsonToken.VALUE_NULL ? "" : parser.getString());
            }
        }
        return List.copyOf(strings);
    }

    private static IllegalArgumentException wrong(String name, String expected, @Nullable Throwable cause) {
        return new IllegalArgumentException("its member \"" + name + "\" is not " + expected, cause);
    }
}
