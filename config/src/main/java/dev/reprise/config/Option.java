package dev.reprise.config;

import org.jspecify.annotations.Nullable;

/// One setting, declared once: the reader, the reference page, the commented example and the JSON Schema are all
/// made from it, so they cannot disagree.
///
/// @param key      as written in the file
/// @param type     what its value looks like
/// @param fallback value when nobody sets it; null when it is then simply absent
/// @param help     one sentence for the reference page, without the full stop
/// @param example  a value as written in the file; read by a test
/// @param required whether leaving it out is an error
record Option<T>(String key, ValueType<T> type, @Nullable T fallback, String help, String example, boolean required) {

    static <T> Option<T> required(String key, ValueType<T> type, String help, String example) {
        return new Option<>(key, type, null, help, example, true);
    }

    static <T> Option<T> optional(String key, ValueType<T> type, String help, String example) {
        return new Option<>(key, type, null, help, example, false);
    }

    static <T> Option<T> withDefault(String key, ValueType<T> type, T fallback, String help, String example) {
        return new Option<>(key, type, fallback, help, example, false);
    }
}
