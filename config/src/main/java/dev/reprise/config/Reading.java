package dev.reprise.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// One pass over the nodes of a configuration.
///
/// @param file      as shown to people
/// @param directory where relative paths start
/// @param inlineSecrets grows: options whose secret stands in the text itself
record Reading(String file, Path directory, Problems problems, List<String> inlineSecrets) {
    private static final String STANDARD_TAG = "tag:yaml.org,2002:";

    void problem(Node node, String fact) {
        problems.add(Position.of(file, node), fact);
    }

    /// Reads the keys of a section and checks what must be there.
    ///
    /// @param others keys that belong here without being options
    @Nullable
    Values section(Node node, Section section, String path, List<String> others) {
        Map<String, Node> entries = entries(node, path);
        if (entries == null) {
            return null;
        }
        var set = new LinkedHashMap<Option<?>, Object>();
        var nodes = new LinkedHashMap<Option<?>, Node>();
        entries.forEach((key, value) -> {
            Option<?> option = section.find(key);
            if (option != null) {
                nodes.put(option, value);
                Object read = option.type().read(value, path.isEmpty() ? key : path + "." + key, this);
                if (read != null) {
                    set.put(option, read);
                }
            }
        });
        var allowed = new ArrayList<>(others);
        allowed.addAll(section.keys());
        refuseOtherKeys((MappingNode) node, path, allowed);
        requireOptions(node, section, path, nodes);
        return new Values(path, section, set, nodes, Position.of(file, node));
    }

    private void requireOptions(Node node, Section section, String path, Map<Option<?>, Node> nodes) {
        for (Option<?> option : section.options()) {
            if (option.required() && !nodes.containsKey(option)) {
                problem(
                        node,
                        where(path) + ": \"" + option.key() + "\" is missing (example: " + option.key() + ": "
                                + option.example() + ")");
            }
        }
        for (List<Option<?>> alternatives : section.exactlyOne()) {
            List<Option<?>> present =
                    alternatives.stream().filter(nodes::containsKey).toList();
            List<String> keys = alternatives.stream().map(Option::key).toList();
            if (present.isEmpty()) {
                problem(node, where(path) + ": one of " + String.join(", ", keys) + " is missing");
            } else if (present.size() > 1) {
                problem(
                        Objects.requireNonNull(nodes.get(present.get(1))),
                        where(path) + ": only one of " + String.join(", ", keys) + " may be set");
            }
        }
    }

    private static String where(String path) {
        return path.isEmpty() ? "the configuration" : path;
    }

    /// The entries of a mapping with text keys, in their order; the values may be anything.
    @Nullable
    Map<String, Node> entries(Node node, String path) {
        if (!(node instanceof MappingNode mapping)) {
            wrongType(node, where(path), "a section (indented \"key: value\" lines)");
            return null;
        }
        var entries = new LinkedHashMap<String, Node>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = key(tuple.getKeyNode(), where(path));
            if (key != null && entries.put(key, tuple.getValueNode()) != null) {
                problem(tuple.getKeyNode(), where(path) + ": \"" + key + "\" is set twice");
            }
        }
        return entries;
    }

    /// Reports keys of `node` that are not in `allowed`.
    private void refuseOtherKeys(MappingNode node, String path, Collection<String> allowed) {
        for (NodeTuple tuple : node.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key && !allowed.contains(key.getValue())) {
                unknownKey(key, key.getValue(), path, allowed);
            }
        }
    }

    void unknownKey(Node node, String key, String path, Collection<String> allowed) {
        problem(
                node,
                where(path) + ": unknown key \"" + key + "\"" + didYouMean(key, allowed) + " (allowed: "
                        + String.join(", ", allowed) + ")");
    }

    @Nullable
    String key(Node node, String path) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        problem(node, path + ": a key must be text");
        return null;
    }

    /// A text that is not empty.
    @Nullable
    String text(Node node, String path, String expected) {
        String text = scalar(node, Tag.STR, path, expected);
        if (text != null && text.isEmpty()) {
            problem(node, path + ": must not be empty");
            return null;
        }
        return text;
    }

    boolean isText(Node node, String text) {
        return node instanceof ScalarNode scalar
                && node.getTag().equals(Tag.STR)
                && scalar.getValue().equals(text);
    }

    @Nullable
    String scalar(Node node, Tag tag, String path, String expected) {
        return scalar(node, path, expected, tag);
    }

    /// The text of a scalar whose type is one of `tags`.
    @Nullable
    String scalar(Node node, String path, String expected, Tag... tags) {
        if (node instanceof ScalarNode scalar && List.of(tags).contains(node.getTag())) {
            return scalar.getValue();
        }
        wrongType(node, path, expected);
        return null;
    }

    /// Says what was expected and what kind of thing is there. Never repeats a text: it may be a secret.
    void wrongType(Node node, String path, String expected) {
        problem(node, path + ": expected " + expected + ", was " + kind(node));
    }

    private static String kind(Node node) {
        if (!node.getTag().getValue().startsWith(STANDARD_TAG)) {
            return "a value with the tag " + node.getTag().getValue();
        }
        return switch (node) {
            case MappingNode _ -> "a section";
            case SequenceNode _ -> "a list";
            case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> "nothing";
            case ScalarNode scalar when scalar.getTag().equals(Tag.STR) -> "text";
            case ScalarNode scalar
            when scalar.getTag().equals(Tag.BOOL) -> scalar.getValue() + " (put it in quotes if it is text)";
            case ScalarNode _ -> "a number (put it in quotes if it is text)";
            default -> "something else";
        };
    }

    static String didYouMean(String typed, Collection<String> candidates) {
        String nearest = Spelling.nearest(typed, candidates);
        return nearest == null ? "" : ", did you mean \"" + nearest + "\"?";
    }
}
