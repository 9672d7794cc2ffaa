package dev.reprise.mount;

import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayList;
import java.util.List;

/// Where snapshots lie in the mounted directory, such as `hosts/%h/%T`, as restic understands it:
/// `%i` and `%I` the short and the long id, `%u` user, `%h` host, `%t` each of the tags, `%T` the time.
record PathTemplate(String text) {
    /// What restic shows.
    static final List<PathTemplate> STANDARD = List.of(
            new PathTemplate("ids/%i"),
            new PathTemplate("snapshots/%T"),
            new PathTemplate("hosts/%h/%T"),
            new PathTemplate("tags/%t/%T"));

    private static final String VARIABLES = "iIuhtT";

    /// Paths of one snapshot.
    ///
    /// @param paths with no slash before; several for several tags, none without tags where `%t` is used
    /// @param time  what belongs behind each path when the template ends with the time, else empty
    record Expanded(List<String> paths, String time) {}

    Expanded expand(StoredSnapshot stored, String time) {
        List<String> paths = List.of("");
        boolean timeWaits = false;
        boolean percent = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (timeWaits) {
                paths = with(paths, List.of(time));
                timeWaits = false;
            }
            if (!percent && c == '%') {
                percent = true;
            } else if (percent && c == 'T') {
                timeWaits = true; // at the end it is told apart, for "latest"
                percent = false;
            } else {
                paths = with(paths, percent ? values(c, stored) : List.of(String.valueOf(c)));
                percent = false;
            }
        }
        return new Expanded(paths, timeWaits ? time : "");
    }

    private static List<String> with(List<String> paths, List<String> endings) {
        var joined = new ArrayList<String>();
        for (String ending : endings) {
            paths.forEach(path -> joined.add(path + ending));
        }
        return joined;
    }

    private static List<String> values(char variable, StoredSnapshot stored) {
        Snapshot snapshot = stored.snapshot();
        return switch (variable) {
            case 'i' -> List.of(stored.id().shortHex());
            case 'I' -> List.of(stored.id().hex());
            case 'u' -> List.of(snapshot.username());
            case 'h' -> List.of(snapshot.hostname());
            case 't' -> tags(snapshot.tags());
            default -> List.of(String.valueOf(variable));
        };
    }

    /// A single tag is taken as it is, slashes and all; of several each becomes one name. So restic does.
    private static List<String> tags(List<String> tags) {
        return tags.size() == 1
                ? tags
                : tags.stream().map(PathTemplate::fileName).toList();
    }

    private static String fileName(String tag) {
        return switch (tag) {
            case "", "." -> "_";
            case ".." -> "__";
            default -> tag.replace('/', '_');
        };
    }

    /// Directories before the first variable: there also when there are no snapshots.
    String fixedPart() {
        for (int i = 0; i + 1 < text.length(); i++) {
            if (text.charAt(i) == '%') {
                if (VARIABLES.indexOf(text.charAt(i + 1)) >= 0) {
                    int slash = text.lastIndexOf('/', i);
                    return slash < 0 ? "" : text.substring(0, slash);
                }
                i++;
            }
        }
        return "";
    }
}
