package dev.reprise.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Values under names the user chooses.
///
/// @param <T>   of one value
/// @param names what a name looks like
/// @param value of each
record Entries<T>(Pattern names, ValueType<T> value) implements ValueType<Map<String, T>> {
    /// `-o` without a file: options of a kind of place.
    static final Entries<String> OPTIONS = new Entries<>(Pattern.compile("[a-z0-9]+\\.[a-z0-9.-]+"), new Scalar());

    /// Environment variables.
    static final Entries<SecretReference> VARIABLES =
            new Entries<>(Pattern.compile("[A-Za-z_][A-Za-z0-9_]*"), new Variable());

    private static final int MOST = 100;

    @Override
    public @Nullable Map<String, T> read(Node node, String path, Reading reading) {
        Map<String, Node> nodes = reading.entries(node, path);
        if (nodes == null) {
            return null;
        }
        if (nodes.size() > MOST) {
            reading.problem(node, path + ": more than " + MOST + " entries");
            return null;
        }
        var read = new LinkedHashMap<String, T>();
        nodes.forEach((name, entry) -> {
            if (!names.matcher(name).matches()) {
                reading.problem(entry, path + ": \"" + name + "\" is no name here");
            }
            T one = value.read(entry, path + "." + name, reading);
            if (one != null) {
                read.put(name, one);
            }
        });
        return read;
    }

    @Override
    public String description() {
        return "names with " + value.description();
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of(
                "type",
                "object",
                "propertyNames",
                Map.of("pattern", "^" + names.pattern() + "$"),
                "additionalProperties",
                value.schema());
    }

    @Override
    public Object shown(Map<String, T> values) {
        var shown = new LinkedHashMap<String, Object>();
        values.forEach((name, one) -> shown.put(name, value.shown(one)));
        return shown;
    }

    /// Text, a number or a boolean, as it stands there.
    record Scalar() implements ValueType<String> {
        @Override
        public @Nullable String read(Node node, String path, Reading reading) {
            return reading.scalar(node, path, description(), Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL);
        }

        @Override
        public String description() {
            return "text, numbers or booleans";
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", List.of("string", "number", "boolean"));
        }
    }

    /// A variable's value: one that stands in the file is never shown, whatever it is.
    record Variable() implements ValueType<SecretReference> {
        private static final SecretText TEXT = new SecretText(true);
        private static final SecretText NAMED = new SecretText(false);

        @Override
        public @Nullable SecretReference read(Node node, String path, Reading reading) {
            SecretReference read = TEXT.read(node, path, reading);
            boolean inline = read instanceof SecretReference.Value;
            if (inline && soundsSecret(path) && !reading.inlineSecrets().contains(path)) {
                reading.inlineSecrets().add(path);
            }
            return read;
        }

        private static boolean soundsSecret(String path) {
            String name = path.substring(path.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
            return Stream.of("PASSWORD", "SECRET", "TOKEN", "KEY").anyMatch(name::contains)
                    && !name.endsWith("KEY_ID")
                    && !name.endsWith("_FILE");
        }

        @Override
        public String description() {
            return TEXT.description();
        }

        @Override
        public Map<String, Object> schema() {
            return TEXT.schema();
        }

        @Override
        public Object shown(SecretReference value) {
            return NAMED.shown(value);
        }
    }
}
