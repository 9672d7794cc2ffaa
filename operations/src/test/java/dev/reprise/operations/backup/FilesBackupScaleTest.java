package dev.reprise.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.repository.pack.BlobWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Sizes that only show up in the field. The heap of the tests is the bound on memory.
class FilesBackupScaleTest {
    private static final int WORKERS = 4;

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    /// Without keeping events: there are millions.
    private SavedTree save(InventedTree files, FilesRequest request) {
        var index = bench.index();
        try (BlobWriter writer = bench.writer(index)) {
            SavedTree saved = new FilesBackup(bench.repository, index, writer, files, Bench.ZONE, BackupListener.SILENT)
                    .run(request);
            writer.finish();
            bench.added = writer.stats();
            return saved;
        }
    }

    private static Bench.Ask ask() {
        return Bench.in(Path.of("/")).targets("/top").workers(WORKERS);
    }

    @Test
    void few_handles_are_open_at_a_time_however_many_directories_there_are() {
        var files = new InventedTree(2_000, 40);
        SavedTree saved = save(files, ask().request());
        assertThat(saved.counts().totalFiles()).isEqualTo(80_000);
        assertThat(saved.counts().dirsNew()).isEqualTo(2_001);
        assertThat(files.open()).hasValue(0);
        assertThat(files.mostOpen().get()).isLessThan(40);
    }

    @Test
    @Tag("long")
    void a_million_files_in_a_thousand_directories_and_again() {
        var files = new InventedTree(1_000, 1_000);
        SavedTree first = save(files, ask().request());
        assertThat(first.counts().filesNew()).isEqualTo(1_000_000);
        SavedTree second = save(files, ask().since(first).request());
        assertThat(second.counts().filesUnmodified()).isEqualTo(1_000_000);
        assertThat(second.tree()).isEqualTo(first.tree());
        assertThat(bench.added.packs()).isZero();
    }

    @Test
    @Tag("long")
    void a_hundred_thousand_directories() {
        var files = new InventedTree(100_000, 3);
        SavedTree saved = save(files, ask().request());
        assertThat(saved.counts().dirsNew()).isEqualTo(100_001);
        assertThat(files.mostOpen().get()).isLessThan(40);
    }

    @Test
    @Tag("long")
    void three_hundred_thousand_files_in_one_directory() {
        SavedTree saved = save(new InventedTree(1, 300_000), ask().request());
        assertThat(saved.counts().filesNew()).isEqualTo(300_000);
    }
}
