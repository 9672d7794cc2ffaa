package dev.reprise.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A mapping of the configuration with a fixed set of keys.
///
/// @param name       for people: `repository`
/// @param help       one sentence for the reference page
/// @param options    in the order of the reference page
/// @param exactlyOne groups of options of which exactly one must be set
record Section(String name, String help, List<Option<?>> options, List<List<Option<?>>> exactlyOne) {
    static Section of(String name, String help, Option<?>... options) {
        return new Section(name, help, List.of(options), List.of());
    }

    Section exactlyOneOf(Option<?>... alternatives) {
        return new Section(name, help, options, List.of(List.of(alternatives)));
    }

    List<String> keys() {
        return options.stream().map(Option::key).toList();
    }

    @Nullable
    Option<?> find(String key) {
        return options.stream()
                .filter(option -> option.key().equals(key))
                .findFirst()
                .orElse(null);
    }
}
