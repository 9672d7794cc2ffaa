package dev.reprise.operations.export;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.export.ExportManifest.ExportedFile;
import dev.reprise.operations.export.Exports.Found;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.storage.plain.PlainFiles;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Writes one export: every file is read back and compared before the manifest says that it is there.
public final class ExportWriting {
    /// For `sha256sum -c`, by those who have nothing else.
    static final String SUMS = "SHA256SUMS";

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
    private static final DateTimeFormatter SECOND = DateTimeFormatter.ofPattern("uuuu-MM-dd_HHmmss", Locale.ROOT);

    private final PlainFiles place;
    private final InstantSource clock;
    private final ZoneId zone;
    private final RandomGenerator random;
    private final Consumer<ExportedFile> done;

    /// @param zone whose dates name folders
    /// @param done told of every file that is written and verified
    public ExportWriting(
            PlainFiles place, InstantSource clock, ZoneId zone, RandomGenerator random, Consumer<ExportedFile> done) {
        this.place = place;
        this.clock = clock;
        this.zone = zone;
        this.random = random;
        this.done = done;
    }

    /// The folder of a point: its date, or with the time of day as well if that is taken.
    public String folder(RecoveryPoint point, Found found) {
        var started = point.started().atZone(zone);
        String second = SECOND.format(started);
        for (String name :
                List.of(DAY.format(started), second, second + "_" + point.run().shortHex())) {
            if (!found.names().contains(name)) {
                return name;
            }
        }
        throw new OperationException(
                ExitStatus.TARGET_REFUSED,
                "%s already holds %s, and what lies there is no export of point %s"
                        .formatted(place.location(), second, point.run().shortHex()),
                "move it away",
                null);
    }

    /// Writes a point's files into a folder that is not there yet.
    ///
    /// @param program name and version of this program
    /// @param missing names of sources that are not, or not whole, among them
    /// @throws RepriseException if something fails; what was written is then removed again, as far as that goes
    public ExportManifest write(
            String folder, RecoveryPoint point, List<Artifact> artifacts, String program, List<String> missing) {
        PlainFiles.FolderMove rename = place.folderMove();
        String work = rename == null
                ? folder
                : ".%s.%s.part".formatted(folder, HexFormat.of().toHexDigits(random.nextLong()));
        List<String> names =
                new ArrayList<>(artifacts.stream().map(Artifact::path).toList());
        names.add(SUMS);
        names.add(ExportManifest.NAME);
        var unfinished = new Unfinished(point.job(), clock.instant(), false, names);
        boolean whole = false;
        place.create(work + "/" + Unfinished.NAME, content(unfinished.encode()));
        try {
            ExportManifest manifest = fill(work, point, artifacts, program, missing);
            place.delete(work + "/" + Unfinished.NAME);
            if (rename != null) {
                rename.move(work, folder);
            }
            whole = true;
            return manifest;
        } finally {
            if (!whole) {
                giveUp(work, unfinished);
            }
        }
    }

    private ExportManifest fill(
            String work, RecoveryPoint point, List<Artifact> artifacts, String program, List<String> missing) {
        List<ExportedFile> files = new ArrayList<>();
        for (Artifact artifact : artifacts) {
            ExportedFile file = write(work, artifact);
            verify(work, file);
            files.add(file);
            done.accept(file);
        }
        var sums = new StringBuilder();
        files.forEach(file -> sums.append(file.sha256().hex())
                .append("  ")
                .append(file.path())
                .append('\n'));
        byte[] text = sums.toString().getBytes(StandardCharsets.UTF_8);
        ExportedFile list = write(work, new Artifact(SUMS, content(text)));
        verify(work, list);
        files.add(list);
        var manifest = new ExportManifest(
                program, point.job(), point.run(), point.host(), point.started(), clock.instant(), files, missing);
        place.create(work + "/" + ExportManifest.NAME, content(manifest.encode()));
        return manifest;
    }

    private ExportedFile write(String work, Artifact artifact) {
        MessageDigest digest = sha256();
        long[] bytes = {0};
        place.create(work + "/" + artifact.path(), out -> {
            digest.reset();
            bytes[0] = 0;
            artifact.content().writeTo(new Counting(out, digest, bytes));
        });
        return new ExportedFile(artifact.path(), bytes[0], ObjectId.of(digest.digest(), 0));
    }

    private void verify(String work, ExportedFile file) {
        ObjectId found = place.read(work + "/" + file.path(), ExportWriting::hash);
        if (!file.sha256().equals(found)) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "%s at %s does not hold what was written: its SHA-256 is %s instead of %s"
                            .formatted(
                                    file.path(),
                                    place.location(),
                                    found.hex(),
                                    file.sha256().hex()),
                    "examine that disk or store, then run \"reprise export\" again",
                    null);
        }
    }

    private static ObjectId hash(InputStream body) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 16];
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            digest.update(buffer, 0, count);
        }
        return ObjectId.of(digest.digest(), 0);
    }

    /// What stops us is thrown; a rest is removed by a later export.
    private void giveUp(String work, Unfinished unfinished) {
        try {
            new ExportRemoval(place, clock).remove(work, unfinished.job(), unfinished.files(), true);
        } catch (RepriseException e) {
            // The place is in trouble already.
        }
    }

    static PlainFiles.Content content(byte[] bytes) {
        return out -> out.write(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static final class Counting extends FilterOutputStream {
        private final MessageDigest digest;
        private final long[] bytes;

        Counting(OutputStream out, MessageDigest digest, long[] bytes) {
            super(out);
            this.digest = digest;
            this.bytes = bytes;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
            digest.update(buffer, offset, length);
            bytes[0] += length;
        }
    }
}
