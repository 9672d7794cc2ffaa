package dev.reprise.mount;

import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which directories lead to which snapshots. Immutable once built.
final class SnapshotLayout {
    /// What lies at a path.
    sealed interface Place {
        /// @param names of what lies inside
        record Directory(List<String> names) implements Place {}

        record Whole(StoredSnapshot snapshot) implements Place {}

        /// @param target name of the newest snapshot beside it
        record Latest(StoredSnapshot snapshot, String target) implements Place {}
    }

    private static final class Building {
        private final TreeMap<String, Building> inside = new TreeMap<>();
        private @Nullable StoredSnapshot snapshot;
        private @Nullable String target;
    }

    private final Map<String, Building> paths = new HashMap<>();
    private final Map<String, StoredSnapshot> newest = new HashMap<>();

    private SnapshotLayout() {
        directory("/");
    }

    /// @param snapshots oldest first
    static SnapshotLayout of(List<StoredSnapshot> snapshots, List<PathTemplate> templates, GoTimeLayout times) {
        var layout = new SnapshotLayout();
        for (PathTemplate template : templates) {
            String fixed = template.fixedPart();
            if (!fixed.isEmpty()) {
                layout.directory(clean("/" + fixed));
            }
        }
        for (StoredSnapshot stored : snapshots) {
            String time = times.format(stored.snapshot().time());
            for (PathTemplate template : templates) {
                PathTemplate.Expanded expanded = template.expand(stored, time);
                expanded.paths().forEach(path -> layout.add(path, expanded.time(), stored));
            }
        }
        return layout;
    }

    private void add(String path, String time, StoredSnapshot stored) {
        String prefix = path.isEmpty() ? "" : "/" + path;
        String ending = free(prefix, time);
        Building snapshot = directory(clean(prefix + ending));
        snapshot.snapshot = stored;
        snapshot.target = null;
        if (time.isEmpty()) {
            return;
        }
        StoredSnapshot known = newest.get(prefix);
        if (known == null || !stored.snapshot().time().isBefore(known.snapshot().time())) {
            Building latest = directory(clean(prefix + "/latest"));
            latest.snapshot = stored;
            latest.target = ending;
            newest.put(prefix, stored);
        }
    }

    /// Two snapshots of the same second: the later gets `-1` behind its name.
    private String free(String prefix, String name) {
        String free = name;
        for (int i = 1; paths.containsKey(prefix + free); i++) {
            free = name + "-" + i;
        }
        return free;
    }

    /// The directory at a clean path, made together with those above it.
    private Building directory(String path) {
        Building known = paths.get(path);
        if (known != null) {
            return known;
        }
        var made = new Building();
        paths.put(path, made);
        if (!path.equals("/")) {
            int slash = path.lastIndexOf('/');
            directory(slash == 0 ? "/" : path.substring(0, slash)).inside.put(path.substring(slash + 1), made);
        }
        return made;
    }

    /// The path without empty, `.` and `..` components, always with a slash before.
    static String clean(String path) {
        var components = new ArrayDeque<String>();
        for (String component : path.split("/", -1)) {
            if (component.equals("..")) {
                components.pollLast();
            } else if (!component.isEmpty() && !component.equals(".")) {
                components.addLast(component);
            }
        }
        return "/" + String.join("/", components);
    }

    /// Null when there is nothing.
    @Nullable
    Place at(String path) {
        Building found = paths.get(path);
        if (found == null) {
            return null;
        }
        StoredSnapshot snapshot = found.snapshot;
        if (snapshot == null || path.equals("/")) {
            return new Place.Directory(List.copyOf(found.inside.keySet()));
        }
        String target = found.target;
        return target == null ? new Place.Whole(snapshot) : new Place.Latest(snapshot, target);
    }
}
