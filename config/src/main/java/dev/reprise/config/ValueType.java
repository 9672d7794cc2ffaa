package dev.reprise.config;

import dev.reprise.base.ByteSize;
import dev.reprise.base.RateTable;
import dev.reprise.base.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// What the value of an option looks like: how it is read, described, shown and put into the JSON
/// Schema.
sealed interface ValueType<T>
        permits ValueType.Text,
                ValueType.Flag,
                ValueType.Count,
                ValueType.Keep,
                ValueType.Size,
                ValueType.Span,
                ValueType.CalendarSpan,
                ValueType.Choice,
                ValueType.TextList,
                ValueType.SecretText,
                ValueType.Rate,
                ValueType.Nested,
                ValueType.Named,
                Entries,
                PriceOptions.Amount,
                Entries.Scalar,
                Entries.Variable {
    /// Reads a value that is there. Reports to `reading` what is wrong.
    ///
    /// @param path for messages: `repositories.main.pack-size`
    /// @return null if it was wrong
    @Nullable
    T read(Node node, String path, Reading reading);

    /// For the reference page and messages: `true or false`.
    String description();

    /// Its JSON Schema, as maps, lists and scalars.
    Map<String, Object> schema();

    /// As plain maps, lists and scalars, without secrets.
    default Object shown(T value) {
        return value.toString();
    }

    /// Any text; must not be empty.
    record Text() implements ValueType<String> {
        @Override
        public @Nullable String read(Node node, String path, Reading reading) {
            return reading.text(node, path, description());
        }

        @Override
        public String description() {
            return "text";
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "string", "minLength", 1);
        }
    }

    record Flag() implements ValueType<Boolean> {
        @Override
        public @Nullable Boolean read(Node node, String path, Reading reading) {
            String text = reading.scalar(node, Tag.BOOL, path, description());
            return text == null ? null : Boolean.valueOf(text.toLowerCase(Locale.ROOT));
        }

        @Override
        public String description() {
            return "true or false";
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "boolean");
        }

        @Override
        public Object shown(Boolean value) {
            return value;
        }
    }

    record Count(int least, int most) implements ValueType<Integer> {
        @Override
        public @Nullable Integer read(Node node, String path, Reading reading) {
            String text = reading.scalar(node, Tag.INT, path, description());
            if (text == null) {
                return null;
            }
            try {
                int value = Integer.parseInt(text);
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // reported below
            }
            reading.problem(node, path + ": expected " + description() + ", was " + text);
            return null;
        }

        @Override
        public String description() {
            return "a number from " + least + " to " + most;
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "integer", "minimum", least, "maximum", most);
        }

        @Override
        public Object shown(Integer value) {
            return value;
        }
    }

    /// How many of something retention keeps.
    record Keep() implements ValueType<Retention.Keep> {
        private static final Count COUNT = new Count(0, 1_000_000);

        @Override
        public Retention.@Nullable Keep read(Node node, String path, Reading reading) {
            if (reading.isText(node, "unlimited")) {
                return Retention.Keep.UNLIMITED;
            }
            if (!node.getTag().equals(Tag.INT)) {
                reading.wrongType(node, path, description());
                return null;
            }
            Integer count = COUNT.read(node, path, reading);
            return count == null ? null : new Retention.Keep(count);
        }

        @Override
        public String description() {
            return COUNT.description() + ", or unlimited";
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("oneOf", List.of(COUNT.schema(), Map.of("const", "unlimited")));
        }

        @Override
        public Object shown(Retention.Keep value) {
            return value.isUnlimited() ? "unlimited" : (Object) value.count();
        }
    }

    /// @param least smallest allowed
    /// @param most  largest allowed
    record Size(ByteSize least, ByteSize most) implements ValueType<ByteSize> {
        static final ByteSize NO_LIMIT = new ByteSize(Long.MAX_VALUE);

        @Override
        public @Nullable ByteSize read(Node node, String path, Reading reading) {
            String text = reading.scalar(node, path, description(), Tag.STR, Tag.INT, Tag.FLOAT);
            if (text == null) {
                return null;
            }
            try {
                ByteSize size = ByteSize.parse(text);
                if (size.compareTo(least) >= 0 && size.compareTo(most) <= 0) {
                    return size;
                }
                reading.problem(node, path + ": expected " + description() + ", was " + text);
            } catch (IllegalArgumentException e) {
                reading.problem(node, path + ": " + e.getMessage());
            }
            return null;
        }

        @Override
        public String description() {
            return most.equals(NO_LIMIT) ? "a size like 512, 16MiB or 1.5G" : "a size from " + least + " to " + most;
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of(
                    "type",
                    List.of("string", "integer", "number"),
                    "pattern",
                    "^ *[0-9.]+ *([KMGTPEkmgtpe]?([iI]?[bB])?) *$",
                    "minimum",
                    0);
        }

        @Override
        public Object shown(ByteSize value) {
            long bytes = value.bytes();
            boolean wholeMebibytes = bytes > 0 && bytes % (1 << 20) == 0;
            return wholeMebibytes ? (bytes >> 20) + "MiB" : (Object) bytes;
        }
    }

    /// A span of time with a fixed length.
    record Span() implements ValueType<Duration> {
        @Override
        public @Nullable Duration read(Node node, String path, Reading reading) {
            String text = reading.scalar(node, path, description(), Tag.STR, Tag.INT);
            if (text == null) {
                return null;
            }
            try {
                return Durations.parse(text);
            } catch (IllegalArgumentException e) {
                reading.problem(node, path + ": " + e.getMessage());
                return null;
            }
        }

        @Override
        public String description() {
            return "a duration like 30s, 15m or 1h30m";
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "string", "pattern", Durations.PATTERN);
        }

        @Override
        public Object shown(Duration value) {
            return Durations.format(value);
        }
    }

    /// A span on the calendar, as retention counts it.
    record CalendarSpan() implements ValueType<Retention.Within> {
        @Override
        public Retention.@Nullable Within read(Node node, String path, Reading reading) {
            String text = reading.text(node, path, description());
            if (text == null) {
                return null;
            }
            try {
                return Retention.Within.parse(text);
            } catch (IllegalArgumentException e) {
                reading.problem(node, path + ": " + e.getMessage());
                return null;
            }
        }

        @Override
        public String description() {
            return "years, months, days and hours like 1y6m, 14d or 36h";
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "string", "pattern", Retention.Within.PATTERN);
        }
    }

    /// One of the words of an enum, in lower case.
    record Choice<E extends Enum<E>>(Class<E> words) implements ValueType<E> {
        @Override
        public @Nullable E read(Node node, String path, Reading reading) {
            String text = reading.text(node, path, description());
            if (text == null) {
                return null;
            }
            for (E word : words.getEnumConstants()) {
                if (name(word).equals(text)) {
                    return word;
                }
            }
            reading.problem(
                    node,
                    path + ": expected " + description() + ", was \"" + text + "\""
                            + Reading.didYouMean(text, names()));
            return null;
        }

        private List<String> names() {
            return Arrays.stream(words.getEnumConstants()).map(Choice::name).toList();
        }

        private static String name(Enum<?> word) {
            return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        @Override
        public String description() {
            return "one of " + String.join(", ", names());
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("enum", names());
        }

        @Override
        public Object shown(E value) {
            return name(value);
        }
    }

    /// @param least   fewest items
    /// @param most    most items
    /// @param tooMany what to say above that
    record TextList(int least, int most, String tooMany) implements ValueType<List<String>> {
        private static final Text ITEM = new Text();

        static TextList atLeast(int least) {
            return new TextList(least, 10_000, "more than 10000 entries");
        }

        @Override
        public @Nullable List<String> read(Node node, String path, Reading reading) {
            if (!(node instanceof SequenceNode sequence)) {
                reading.wrongType(node, path, description());
                return null;
            }
            var items = new ArrayList<String>();
            for (Node item : sequence.getValue()) {
                String text = ITEM.read(item, path, reading);
                if (text != null) {
                    items.add(text);
                }
            }
            int size = sequence.getValue().size();
            if (size < least) {
                reading.problem(node, path + ": must not be empty");
                return null;
            }
            if (size > most) {
                reading.problem(node, path + ": " + tooMany);
                return null;
            }
            return items.size() == size ? List.copyOf(items) : null;
        }

        @Override
        public String description() {
            return "a list of texts";
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "array", "items", ITEM.schema(), "minItems", least, "maxItems", most);
        }

        @Override
        public Object shown(List<String> value) {
            return value;
        }
    }

    /// A secret, or a text that may hold one such as a URL.
    ///
    /// @param plainTextAllowed whether the text may stand there by itself
    record SecretText(boolean plainTextAllowed) implements ValueType<SecretReference> {
        private static final List<String> KEYS = List.of("file", "env", "command", "value");

        @Override
        public @Nullable SecretReference read(Node node, String path, Reading reading) {
            if (node instanceof MappingNode mapping) {
                return reference(mapping, path, reading);
            }
            if (!plainTextAllowed) {
                reading.problem(node, path + ": expected " + description() + ", not the secret itself");
                return null;
            }
            String text = reading.text(node, path, description());
            return text == null ? null : inline(text, path, reading);
        }

        private SecretReference inline(String text, String path, Reading reading) {
            if (!plainTextAllowed || Redaction.hides(text)) {
                reading.inlineSecrets().add(path);
            }
            return new SecretReference.Value(Secret.of(text));
        }

        private @Nullable SecretReference reference(MappingNode mapping, String path, Reading reading) {
            if (mapping.getValue().size() != 1) {
                reading.problem(mapping, path + ": expected " + description());
                return null;
            }
            NodeTuple tuple = mapping.getValue().getFirst();
            String key = reading.key(tuple.getKeyNode(), path);
            if (key == null) {
                return null;
            }
            if (!KEYS.contains(key)) {
                reading.unknownKey(tuple.getKeyNode(), key, path, KEYS);
                return null;
            }
            String text = reading.text(tuple.getValueNode(), path + "." + key, "text");
            return text == null ? null : reference(key, text, path, reading);
        }

        private SecretReference reference(String key, String text, String path, Reading reading) {
            return switch (key) {
                case "file" ->
                    new SecretReference.File(
                            reading.directory().resolve(Path.of(text)).normalize());
                case "env" -> new SecretReference.Variable(text);
                case "command" -> new SecretReference.Command(text);
                default -> inline(text, path, reading);
            };
        }

        @Override
        public String description() {
            String references = "{file: PATH}, {env: NAME} or {command: COMMAND}";
            return plainTextAllowed ? "text, " + references : references;
        }

        @Override
        public Map<String, Object> schema() {
            var properties = new LinkedHashMap<String, Object>();
            KEYS.forEach(key -> properties.put(key, new Text().schema()));
            Map<String, Object> reference = Map.of(
                    "type",
                    "object",
                    "properties",
                    properties,
                    "additionalProperties",
                    false,
                    "minProperties",
                    1,
                    "maxProperties",
                    1);
            return plainTextAllowed ? Map.of("oneOf", List.of(new Text().schema(), reference)) : reference;
        }

        @Override
        public Object shown(SecretReference value) {
            return switch (value) {
                case SecretReference.File file -> Map.of("file", file.path().toString());
                case SecretReference.Variable variable -> Map.of("env", variable.name());
                case SecretReference.Command command -> Map.of("command", command.command());
                case SecretReference.Value plain ->
                    plainTextAllowed ? Redaction.url(plain.secret().reveal()) : Map.of("value", "(secret)");
            };
        }
    }

    /// How fast bytes may go.
    record Rate() implements ValueType<RateTable> {
        @Override
        public @Nullable RateTable read(Node node, String path, Reading reading) {
            String text = reading.text(node, path, description());
            if (text == null) {
                return null;
            }
            try {
                return RateTable.parse(text);
            } catch (IllegalArgumentException e) {
                reading.problem(node, path + ": " + e.getMessage());
                return null;
            }
        }

        @Override
        public String description() {
            return RateTable.FORM;
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "string", "minLength", 1);
        }
    }

    /// A section below this one.
    record Nested(Section section) implements ValueType<Values> {
        @Override
        public @Nullable Values read(Node node, String path, Reading reading) {
            return reading.section(node, section, path, List.of());
        }

        @Override
        public String description() {
            return "a section";
        }

        @Override
        public Map<String, Object> schema() {
            return Schemas.section(section, null);
        }

        @Override
        public Object shown(Values value) {
            return value.shown();
        }
    }

    /// Sections with names the user chooses.
    ///
    /// @param kinds by the value of their `kind` key; a single one under the empty key has none
    record Named(Map<String, Section> kinds) implements ValueType<Map<String, Values>> {
        static final String NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$";
        private static final Pattern NAME = Pattern.compile(NAME_PATTERN);
        static final String KIND = "kind";

        static Named of(Section section) {
            return new Named(Map.of("", section));
        }

        static Named byKind(Section... sections) {
            return new Named(Arrays.stream(sections)
                    .collect(Collectors.toMap(Section::name, section -> section, (a, _) -> a, LinkedHashMap::new)));
        }

        boolean hasKinds() {
            return !kinds.containsKey("");
        }

        @Override
        public @Nullable Map<String, Values> read(Node node, String path, Reading reading) {
            Map<String, Node> entries = reading.entries(node, path);
            if (entries == null) {
                return null;
            }
            var sections = new LinkedHashMap<String, Values>();
            entries.forEach((name, entry) -> {
                if (!NAME.matcher(name).matches()) {
                    reading.problem(
                            entry,
                            path + ": the name \"" + name
                                    + "\" must be 1 to 63 letters, digits, dots, underscores or hyphens");
                }
                Values values = section(entry, path + "." + name, reading);
                if (values != null) {
                    sections.put(name, values);
                }
            });
            return sections;
        }

        private @Nullable Values section(Node node, String path, Reading reading) {
            if (!hasKinds()) {
                return reading.section(node, kinds.values().iterator().next(), path, List.of());
            }
            Map<String, Node> entries = reading.entries(node, path);
            if (entries == null) {
                return null;
            }
            List<String> known = List.copyOf(kinds.keySet());
            Node kindNode = entries.get(KIND);
            if (kindNode == null) {
                reading.problem(node, path + ": \"kind\" is missing (one of " + String.join(", ", known) + ")");
                return null;
            }
            String kind = reading.text(kindNode, path + "." + KIND, "text");
            if (kind == null) {
                return null;
            }
            Section section = kinds.get(kind);
            if (section == null) {
                reading.problem(
                        kindNode,
                        path + ".kind: expected one of " + String.join(", ", known) + ", was \"" + kind + "\""
                                + Reading.didYouMean(kind, known));
                return null;
            }
            return reading.section(node, section, path, List.of(KIND));
        }

        @Override
        public String description() {
            return "sections by name";
        }

        @Override
        public Map<String, Object> schema() {
            return Schemas.named(this);
        }

        @Override
        public Object shown(Map<String, Values> value) {
            var tree = new LinkedHashMap<String, Object>();
            value.forEach((name, values) -> {
                var section = new LinkedHashMap<String, Object>();
                if (hasKinds()) {
                    section.put(KIND, values.section().name());
                }
                section.putAll(values.shown());
                tree.put(name, section);
            });
            return tree;
        }
    }
}
