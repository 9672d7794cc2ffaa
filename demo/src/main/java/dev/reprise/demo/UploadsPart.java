package dev.reprise.demo;

import dev.reprise.base.RawName;
import dev.reprise.operations.backup.FilesRequest;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.operations.run.RunSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// The folder of uploads.
final class UploadsPart implements Part {
    private static final List<String> EXCLUDES = List.of("*.part");

    private final Path folder;
    private final Ledger ledger;
    private final int workers;
    private Map<String, String> expected = Map.of();

    UploadsPart(Path folder, InstantSource clock, int workers) {
        this.folder = folder;
        this.ledger = new Ledger(clock);
        this.workers = workers;
    }

    @Override
    public String name() {
        return "uploads";
    }

    @Override
    public String kind() {
        return "files";
    }

    @Override
    public Ledger ledger() {
        return ledger;
    }

    @Override
    public void fill() throws IOException {
        Files.createDirectories(folder);
        ShopUploads.fill(folder);
        expected = ShopUploads.entries(folder);
    }

    @Override
    public WriteLoad load() {
        return WriteLoad.start(name(), ledger, number -> ShopUploads.add(folder, number));
    }

    @Override
    public RunSource source() {
        var request = new FilesRequest(
                List.of(RawName.of(folder.toString())),
                RawName.of("/"),
                null,
                List.of(PatternList.of(EXCLUDES, false)),
                Map.of(),
                false,
                -1,
                false,
                false,
                false,
                false,
                workers);
        return new RunSource.Files(name(), true, request, EXCLUDES);
    }

    @Override
    public void kill() {} // a folder has no server

    @Override
    public void erase() throws IOException {
        Folders.delete(folder);
    }

    @Override
    public void recover(Recovery recovery) {
        recovery.filesTo(folder);
    }

    @Override
    public Audit audit(int atLeast, int atMost) throws IOException {
        return ShopUploads.audit(folder, expected, atLeast, atMost);
    }

    @Override
    public void close() {}
}
