package dev.reprise.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// What one section of a file says. Values have been checked one by one, not yet against each other.
///
/// @param path     for people: `repositories.main`; empty for the whole file
/// @param set      what the file sets
/// @param nodes    where it sets it
/// @param position where the section begins
record Values(String path, Section section, Map<Option<?>, Object> set, Map<Option<?>, Node> nodes, Position position) {

    /// @throws IllegalStateException if the option is absent and has no default: a required one is never
    <T> T get(Option<T> option) {
        T value = find(option);
        if (value == null) {
            throw new IllegalStateException(path + "." + option.key() + " has no value");
        }
        return value;
    }

    @SuppressWarnings("unchecked") // put there by a reader of this option's type
    <T> @Nullable T find(Option<T> option) {
        Object value = set.get(option);
        return value == null ? option.fallback() : (T) value;
    }

    boolean has(Option<?> option) {
        return set.containsKey(option);
    }

    /// Where the option's value stands; where the section begins if it is not set.
    Position at(Option<?> option) {
        Node node = nodes.get(option);
        return node == null ? position : Position.of(position.file(), node);
    }

    /// Where each item of a list stands.
    List<Position> items(Option<List<String>> option) {
        var positions = new ArrayList<Position>();
        if (nodes.get(option) instanceof SequenceNode sequence) {
            sequence.getValue().forEach(item -> positions.add(Position.of(position.file(), item)));
        }
        return positions;
    }

    String path(Option<?> option) {
        return path.isEmpty() ? option.key() : path + "." + option.key();
    }

    /// The effective values as plain maps, lists and scalars, defaults included and secrets left out.
    Map<String, Object> shown() {
        var tree = new LinkedHashMap<String, Object>();
        for (Option<?> option : section.options()) {
            show(option, tree);
        }
        return tree;
    }

    private <T> void show(Option<T> option, Map<String, Object> tree) {
        T value = find(option);
        if (value != null) {
            tree.put(option.key(), option.type().shown(value));
        }
    }
}
