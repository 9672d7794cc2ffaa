package dev.reprise.mount;

import dev.reprise.base.RawName;
import dev.reprise.mount.fuse.FuseNode;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayList;
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

    /// Told of a path at which a snapshot cannot be shown.
    interface Listener {
        void leftOut(StoredSnapshot snapshot, String why);
    }

    private static final class Building {
        private final TreeMap<String, Building> inside = new TreeMap<>();
        private @Nullable StoredSnapshot snapshot;
        private @Nullable String target;
    }

    /// No program can name a longer path.
    private static final int LONGEST_PATH = 4095;
    /// Directories within each other. Tags come from whoever wrote the snapshot, and may hold slashes.
    private static final int DEEPEST = 100;

    private final Building root = new Building();
    private final Map<String, StoredSnapshot> newest = new HashMap<>();
    /// By path: numbers up to this one are taken.
    private final Map<String, Integer> taken = new HashMap<>();

    private final Listener listener;

    private SnapshotLayout(Listener listener) {
        this.listener = listener;
    }

    /// @param snapshots oldest first
    static SnapshotLayout of(
            List<StoredSnapshot> snapshots, List<PathTemplate> templates, GoTimeLayout times, Listener listener) {
        var layout = new SnapshotLayout(listener);
        for (PathTemplate template : templates) {
            List<String> fixed = components(template.fixedPart());
            if (obstacle(fixed).isEmpty()) {
                layout.directory(fixed);
            }
        }
        for (StoredSnapshot stored : snapshots) {
            String time = times.format(stored.snapshot().time());
            for (PathTemplate template : templates) {
                PathTemplate.Expanded expanded = template.expand(stored, time);
                expanded.paths().forEach(path -> layout.add(path, expanded.time(), stored));
            }
        }
        layout.taken.clear();
        layout.newest.clear();
        return layout;
    }

    private void add(String path, String time, StoredSnapshot stored) {
        String prefix = path.isEmpty() ? "" : "/" + path;
        String ending = free(prefix, time);
        List<String> place = components(prefix + ending);
        String obstacle = obstacle(place);
        if (!obstacle.isEmpty()) {
            listener.leftOut(stored, obstacle);
            return;
        }
        Building snapshot = directory(place);
        snapshot.snapshot = stored;
        snapshot.target = null;
        if (time.isEmpty()) {
            return;
        }
        StoredSnapshot known = newest.get(prefix);
        if (known == null || !stored.snapshot().time().isBefore(known.snapshot().time())) {
            Building latest = directory(components(prefix + "/latest"));
            latest.snapshot = stored;
            latest.target = ending;
            newest.put(prefix, stored);
        }
    }

    /// Two snapshots of the same second: the later gets `-1` behind its name.
    private String free(String prefix, String name) {
        int number = taken.getOrDefault(prefix + name, 0);
        String free = number == 0 ? name : name + "-" + number;
        while (isTaken(prefix + free)) {
            free = name + "-" + ++number;
        }
        taken.put(prefix + name, number);
        return free;
    }

    private boolean isTaken(String path) {
        List<String> components = components(path);
        return path.equals("/" + String.join("/", components)) && find(components) != null;
    }

    private @Nullable Building find(List<String> components) {
        Building at = root;
        for (String component : components) {
            at = at.inside.get(component);
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    /// The directory at a path, made together with those above it.
    private Building directory(List<String> components) {
        Building at = root;
        for (String component : components) {
            at = at.inside.computeIfAbsent(component, _ -> new Building());
        }
        return at;
    }

    /// Those of a path that say where it leads: none that is empty, `.` or `..`.
    private static List<String> components(String path) {
        var components = new ArrayList<String>();
        for (String component : path.split("/", -1)) {
            if (component.equals("..")) {
                if (!components.isEmpty()) {
                    components.removeLast();
                }
            } else if (!component.isEmpty() && !component.equals(".")) {
                components.add(component);
            }
        }
        return components;
    }

    /// Why there cannot be a directory here; empty if there can.
    private static String obstacle(List<String> components) {
        if (components.size() > DEEPEST) {
            return "%d directories within each other, %d at most".formatted(components.size(), DEEPEST);
        }
        int path = 0;
        for (String component : components) {
            RawName name = RawName.of(component);
            if (!name.isPlainName()) {
                return "not a file name";
            }
            if (name.length() > FuseNode.LONGEST_NAME) {
                return "a name of %d bytes, %d at most".formatted(name.length(), FuseNode.LONGEST_NAME);
            }
            path += 1 + name.length();
        }
        return path > LONGEST_PATH ? "a path of %d bytes, %d at most".formatted(path, LONGEST_PATH) : "";
    }
    /// Null when there is nothing.
    @Nullable
    Place at(String path) {
        Building found = find(components(path));
        if (found == null) {
            return null;
        }
        StoredSnapshot snapshot = found.snapshot;
        if (snapshot == null || found == root) {
            return new Place.Directory(List.copyOf(found.inside.keySet()));
        }
        String target = found.target;
        return target == null ? new Place.Whole(snapshot) : new Place.Latest(snapshot, target);
    }
}
