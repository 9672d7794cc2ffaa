package dev.reprise.operations.point;

import java.lang.reflect.RecordComponent;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds members that a document has left out: a record made from it then holds null where none belongs.
final class Completeness {
    private Completeness() {}

    /// @throws IllegalArgumentException naming the first member that is missing or null and must not be
    static void require(Record document) {
        for (RecordComponent component : document.getClass().getRecordComponents()) {
            Object value = value(document, component);
            if (value != null) {
                examine(value, component.getName());
            } else if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                throw missing(component.getName());
            }
        }
    }

    private static void examine(@Nullable Object value, String name) {
        switch (value) {
            case null -> throw missing(name);
            case Record document when document.getClass().getName().startsWith("dev.reprise.") -> require(document);
            case Iterable<?> list -> list.forEach(each -> examine(each, name));
            case Map<?, ?> map ->
                map.forEach((key, each) -> {
                    examine(key, name);
                    examine(each, name);
                });
            default -> {}
        }
    }

    private static IllegalArgumentException missing(String name) {
        return new IllegalArgumentException("not a manifest: \"" + name + "\" is missing");
    }

    private static @Nullable Object value(Record document, RecordComponent component) {
        try {
            return component.getAccessor().invoke(document);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
