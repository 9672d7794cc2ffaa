package dev.reprise.operations.export;

import dev.reprise.storage.StorageException;
import dev.reprise.storage.plain.PlainFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The exports at a place, of any job.
public final class Exports {
    static final Pattern FOLDER = Pattern.compile("\\d{4}-\\d{2}-\\d{2}(_\\d{6}(_[0-9a-f]{8})?)?");
    /// Written under such a name where folders can be renamed.
    static final Pattern PART = Pattern.compile("\\." + FOLDER.pattern() + "\\.[0-9a-f]{16}\\.part");

    /// Larger than any document that is understood.
    private static final int MOST_BYTES = 17 << 20;

    private final PlainFiles place;

    public Exports(PlainFiles place) {
        this.place = place;
    }

    /// One that is whole.
    ///
    /// @param folder name of its folder
    public record StoredExport(String folder, ExportManifest manifest) {}

    /// What a program that died left, or one at work has there.
    ///
    /// @param marked whether the folder itself says so
    record Leftover(String folder, Unfinished what, boolean marked) {}

    /// @param whole     oldest first
    /// @param names     of everything directly below the root
    public record Found(List<StoredExport> whole, List<Leftover> leftovers, Set<String> names) {
        /// Those of a job, oldest first.
        public List<StoredExport> of(String job) {
            return whole.stream()
                    .filter(export -> export.manifest().job().equals(job))
                    .toList();
        }
    }

    /// Looks into every dated folder.
    ///
    /// @param unreadable told the folder and the reason where a manifest cannot be understood; such a folder stays
    public Found look(BiConsumer<String, String> unreadable) {
        List<StoredExport> whole = new ArrayList<>();
        List<Leftover> leftovers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (PlainFiles.Entry entry : place.list("")) {
            names.add(entry.name());
            boolean part = PART.matcher(entry.name()).matches();
            if (entry.folder() && (part || FOLDER.matcher(entry.name()).matches())) {
                look(entry.name(), part, whole, leftovers, unreadable);
            }
        }
        whole.sort(
                Comparator.comparing((StoredExport export) -> export.manifest().captured())
                        .thenComparing(StoredExport::folder));
        return new Found(List.copyOf(whole), List.copyOf(leftovers), Set.copyOf(names));
    }

    private void look(
            String folder,
            boolean part,
            List<StoredExport> whole,
            List<Leftover> leftovers,
            BiConsumer<String, String> unreadable) {
        try {
            Set<String> inside =
                    place.list(folder).stream().map(PlainFiles.Entry::name).collect(Collectors.toSet());
            Unfinished unfinished = read(inside, folder, Unfinished.NAME, Unfinished::decode);
            ExportManifest manifest = read(inside, folder, ExportManifest.NAME, ExportManifest::decode);
            boolean removing = unfinished != null && unfinished.removing();
            if (manifest != null && !part && !removing) {
                whole.add(new StoredExport(folder, manifest));
            } else if (unfinished != null) {
                leftovers.add(new Leftover(folder, unfinished, true));
            } else if (manifest != null) { // died just before it was renamed
                leftovers.add(new Leftover(
                        folder, new Unfinished(manifest.job(), manifest.written(), false, paths(manifest)), false));
            }
        } catch (IOException e) {
            unreadable.accept(folder, String.valueOf(e.getMessage()));
        }
    }

    static List<String> paths(ExportManifest manifest) {
        List<String> paths = new ArrayList<>(
                manifest.files().stream().map(ExportManifest.ExportedFile::path).toList());
        paths.add(ExportManifest.NAME);
        return paths;
    }

    /// Asks only for what is listed: some stores refuse to say that something is not there.
    ///
    /// @return null if it is not there, or not any more
    private <T> @Nullable T read(Set<String> inside, String folder, String name, Decoder<T> decoder)
            throws IOException {
        if (!inside.contains(name)) {
            return null;
        }
        try {
            byte[] bytes = place.read(folder + "/" + name, body -> body.readNBytes(MOST_BYTES));
            return decoder.decode(new ByteArrayInputStream(bytes));
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private interface Decoder<T> {
        T decode(InputStream json) throws IOException;
    }
}
