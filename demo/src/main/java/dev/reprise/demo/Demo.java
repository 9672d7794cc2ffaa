package dev.reprise.demo;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.operations.backup.Checkpoints;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RunId;
import dev.reprise.operations.restore.FilesRestore;
import dev.reprise.operations.restore.FilesRestoreRequest;
import dev.reprise.operations.restore.RestoreEvent;
import dev.reprise.operations.restore.RestoreResult;
import dev.reprise.operations.restore.SnapshotStreams;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.operations.run.Destination;
import dev.reprise.operations.run.JobRun;
import dev.reprise.operations.run.RunListener;
import dev.reprise.operations.run.RunRequest;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.sources.StreamSource.StoredStreams;
import dev.reprise.storage.Storage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Carries out the demonstration on given parts. One instance, one run.
final class Demo {
    static final String JOB = "shop";
    private static final int BACKUPS = 2;
    private static final Duration LOAD_AFTER_BACKUP = Duration.ofSeconds(2);

    private final Supplier<Storage> storage;
    private final Secret password;
    private final String version;
    private final String host;
    private final int workers;
    private final InstantSource clock;
    private final ZoneId zone;
    private final SecureRandom random;
    private final Consumer<String> narrator;

    Demo(
            Supplier<Storage> storage,
            Secret password,
            String version,
            String host,
            int workers,
            InstantSource clock,
            ZoneId zone,
            SecureRandom random,
            Consumer<String> narrator) {
        this.storage = storage;
        this.password = password;
        this.version = version;
        this.host = host;
        this.workers = workers;
        this.clock = clock;
        this.zone = zone;
        this.random = random;
        this.narrator = narrator;
    }

    /// @param skipped reasons of parts that are not among `parts`
    DemoReport run(List<Part> parts, List<String> skipped) throws Exception {
        for (Part part : parts) {
            narrator.accept("filling " + part.name());
            part.fill();
        }
        Repository.init(storage.get(), password, Repository.InitOptions.DEFAULT, random, clock)
                .close();
        List<DemoReport.Backup> backups = new ArrayList<>();
        RecoveryPoint point;
        Instant disaster;
        List<WriteLoad> loads = new ArrayList<>();
        try {
            parts.forEach(part -> loads.add(part.load()));
            do {
                narrator.accept(
                        "backup " + (backups.size() + 1) + " of " + BACKUPS + ", while the stack is written to");
                point = backup(parts, backups);
            } while (backups.size() < BACKUPS);
            Thread.sleep(LOAD_AFTER_BACKUP);
            loads.forEach(WriteLoad::ensureRunning);
            narrator.accept("disaster: killing every server, deleting all data");
            disaster = clock.instant();
            parts.forEach(Part::kill);
        } finally {
            loads.forEach(WriteLoad::close);
        }
        for (Part part : parts) {
            part.erase();
        }
        List<DemoReport.Part> results = recover(parts, point, disaster);
        Duration rto = Duration.between(disaster, clock.instant());
        Duration rpo = results.stream()
                .map(DemoReport.Part::rpo)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        return new DemoReport(backups, results, skipped, rpo, rto);
    }

    private RecoveryPoint backup(List<Part> parts, List<DemoReport.Backup> backups) {
        var request = new RunRequest(
                JOB,
                host,
                System.getProperty("user.name", ""),
                0,
                0,
                List.of(),
                parts.stream().map(Part::source).toList(),
                version,
                workers,
                Checkpoints.EVERY,
                Duration.ZERO,
                Map.of());
        try (Repository repository = open()) {
            var destination = new Destination("demo", repository, WriterOptions.DEFAULT);
            RecoveryPoint point = new JobRun(
                            List.of(destination), request, clock, zone, RunId.random(random), RunListener.SILENT)
                    .run()
                    .point();
            backups.add(new DemoReport.Backup(
                    point.run().shortHex(),
                    Duration.between(point.started(), point.finished()),
                    point.sources().stream().mapToLong(CapturedSource::bytes).sum(),
                    point.sources().stream()
                            .mapToLong(CapturedSource::addedBytes)
                            .sum()));
            return point;
        }
    }

    private List<DemoReport.Part> recover(List<Part> parts, RecoveryPoint point, Instant disaster) throws Exception {
        List<DemoReport.Part> results = new ArrayList<>();
        try (Repository repository = open()) {
            for (Part part : parts) {
                narrator.accept("recovering " + part.name());
                CapturedSource captured = point.source(part.name()).orElseThrow();
                Instant begun = clock.instant();
                try (var recovery = new FromRepository(repository, captured)) {
                    part.recover(recovery);
                }
                Duration took = Duration.between(begun, clock.instant());
                narrator.accept("comparing " + part.name());
                Ledger ledger = part.ledger();
                Audit audit = part.audit(
                        ledger.confirmedBefore(captured.started()), ledger.confirmedBefore(captured.finished()) + 1);
                int lost = Math.max(0, ledger.confirmedBefore(disaster) - audit.survived());
                Duration rpo = lost == 0
                        ? Duration.ZERO
                        : Duration.between(ledger.confirmedAt(audit.survived() + 1), disaster);
                results.add(new DemoReport.Part(
                        part.name(),
                        part.kind(),
                        captured.bytes(),
                        Duration.between(captured.started(), captured.finished()),
                        took,
                        audit.compared(),
                        audit.differences(),
                        lost,
                        rpo));
            }
        }
        return results;
    }

    private Repository open() {
        return Repository.open(storage.get(), password, random, clock);
    }

    /// The bridge from one captured source back to its part.
    private final class FromRepository implements Recovery, AutoCloseable {
        private final Repository repository;
        private final CapturedSource captured;
        private final List<SnapshotStreams> opened = new ArrayList<>();

        FromRepository(Repository repository, CapturedSource captured) {
            this.repository = repository;
            this.captured = captured;
        }

        @Override
        public CapturedSource captured() {
            return captured;
        }

        @Override
        public StoredStreams streams() {
            var streams = SnapshotStreams.open(repository, index(), captured);
            opened.add(streams);
            return streams;
        }

        @Override
        public void filesTo(Path folder) {
            List<String> failed = Collections.synchronizedList(new ArrayList<>());
            BlobIndex index = index();
            var restore = new FilesRestore(repository, index, event -> {
                if (event instanceof RestoreEvent.Failed(String path, String reason)) {
                    failed.add(path + ": " + reason);
                }
            });
            RestoreResult result = restore.run(new FilesRestoreRequest(
                    content(index, folder),
                    folder,
                    List.of(),
                    List.of(),
                    FilesRestoreRequest.Overwrite.ALWAYS,
                    false,
                    false,
                    true,
                    false,
                    workers));
            if (!failed.isEmpty() || result.items() == 0) {
                throw new IllegalStateException("restore of " + folder + " failed: " + failed);
            }
        }

        private ObjectId content(BlobIndex index, Path folder) {
            try (var reader = new TreeReader(repository, index)) {
                return SnapshotStreams.content(reader, SnapshotStreams.treeOf(captured), List.of(folder.toString()));
            }
        }

        private BlobIndex index() {
            return repository.loadIndex((id, reason) -> {
                throw new IllegalStateException("index " + id + " is damaged", reason);
            });
        }

        @Override
        public void close() {
            opened.forEach(SnapshotStreams::close);
        }
    }
}
