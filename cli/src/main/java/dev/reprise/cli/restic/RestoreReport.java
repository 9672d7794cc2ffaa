package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.operations.restore.FilesRestore;
import dev.reprise.operations.restore.FilesRestoreRequest;
import dev.reprise.operations.restore.RestoreCounts;
import dev.reprise.operations.restore.RestoreEvent;
import dev.reprise.operations.restore.RestoreListener;
import dev.reprise.operations.restore.RestoreResult;
import dev.reprise.repository.model.GoJsonWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Prints what a restore does, as text or as JSON lines (repository format, section 11.2). Safe for many threads.
final class RestoreReport implements RestoreListener {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MOST_LINES_PER_SECOND = 60;
    private static final String WIPE = "\r\u001b[2K";

    private final ResticOutput output;
    private final Path target;
    private final long intervalNanos;
    private final boolean drawsOver;
    private final long started = System.nanoTime();
    private final AtomicLong next;
    private volatile @Nullable FilesRestore restore;
    private boolean drawn;

    RestoreReport(ResticOutput output, CommandContext context, Path target) {
        this.output = output;
        this.target = target;
        drawsOver = context.terminal().out() && !output.json();
        intervalNanos = interval(output, context);
        next = new AtomicLong(started + intervalNanos);
    }

    /// As often as the variable says, else only where somebody or some program watches; 0 for never.
    private static long interval(ResticOutput output, CommandContext context) {
        double perSecond;
        try {
            perSecond = Double.parseDouble(context.environment().getOrDefault("RESTIC_PROGRESS_FPS", "0"));
        } catch (NumberFormatException _) {
            perSecond = 0;
        }
        if (perSecond > 0) {
            return (long) (NANOS_PER_SECOND / Math.min(perSecond, MOST_LINES_PER_SECOND));
        }
        boolean watched =
                output.verbosity() > 0 && (output.json() || context.terminal().out());
        return watched ? (long) (NANOS_PER_SECOND / MOST_LINES_PER_SECOND) : 0;
    }

    /// Runs the restore and prints its summary.
    RestoreResult follow(FilesRestore run, FilesRestoreRequest request) {
        restore = run;
        RestoreResult result = run.run(request);
        summary(run.counts());
        return result;
    }

    @Override
    public void on(RestoreEvent event) {
        switch (event) {
            case RestoreEvent.Planned _, RestoreEvent.Progress _ -> status();
            case RestoreEvent.ItemDone(String path, String action, long size) -> item(path, action, size);
            case RestoreEvent.Failed(String path, String reason) -> failed(path, reason);
            case RestoreEvent.Warning(String fact) -> {
                clear();
                output.warning("Warning: " + fact);
            }
        }
    }

    private void failed(String path, String reason) {
        if (!output.json()) {
            clear();
            output.warning("ignoring error for %s: %s".formatted(path, reason));
            return;
        }
        output.jsonError(new GoJsonWriter()
                .raw("{\"message_type\":\"error\",\"error\":{\"message\":")
                .string(reason)
                .raw("},\"during\":\"restore\",\"item\":")
                .string(path)
                .raw('}'));
    }

    private void item(String path, String action, long size) {
        if (output.verbosity() < 3) {
            return;
        }
        // What is deleted has no place in the snapshot, so restic names it by its place on disk.
        String item = action.equals("deleted") ? target + path : path;
        String word = action.equals("skipped") ? "unchanged" : action;
        if (output.json()) {
            output.json(new GoJsonWriter()
                    .raw("{\"message_type\":\"verbose_status\",\"action\":")
                    .string(word)
                    .raw(",\"item\":")
                    .string(item)
                    .raw(",\"size\":")
                    .number(size)
                    .raw('}'));
            return;
        }
        clear();
        String bytes = size > 0 ? " with size " + GoText.bytes(size) : "";
        output.info("%-9s %s%s".formatted(word, item, bytes));
    }

    private void status() {
        FilesRestore running = restore;
        long now = System.nanoTime();
        long due = next.get();
        if (intervalNanos == 0 || running == null || now < due || !next.compareAndSet(due, now + intervalNanos)) {
            return;
        }
        RestoreCounts counts = running.counts();
        if (output.json()) {
            output.json(counters(new GoJsonWriter().raw("{\"message_type\":\"status\""), counts, true));
        } else {
            line(counts);
        }
    }

    private void line(RestoreCounts counts) {
        String text = "[%s] %s  %d files/dirs %s, total %d files/dirs %s%s"
                .formatted(
                        clock(),
                        percent(counts),
                        counts.filesRestored(),
                        GoText.bytes(counts.bytesRestored()),
                        counts.totalFiles(),
                        GoText.bytes(counts.totalBytes()),
                        remainder(counts));
        if (!drawsOver) {
            output.info(text);
            return;
        }
        synchronized (this) {
            output.raw().print(WIPE + text);
            output.raw().flush();
            drawn = true;
        }
    }

    private synchronized void clear() {
        if (drawn) {
            output.raw().print(WIPE);
            output.raw().flush();
            drawn = false;
        }
    }

    private static String percent(RestoreCounts counts) {
        return counts.totalBytes() == 0
                ? ""
                : String.format(
                        Locale.ROOT, "%.2f%%", Math.min(100, 100.0 * counts.bytesRestored() / counts.totalBytes()));
    }

    private static String remainder(RestoreCounts counts) {
        String skipped = counts.filesSkipped() == 0
                ? ""
                : ", skipped %d files/dirs %s".formatted(counts.filesSkipped(), GoText.bytes(counts.bytesSkipped()));
        return counts.filesDeleted() == 0
                ? skipped
                : skipped + ", deleted %d files/dirs".formatted(counts.filesDeleted());
    }

    private void summary(RestoreCounts counts) {
        if (output.json()) {
            output.json(counters(new GoJsonWriter().raw("{\"message_type\":\"summary\""), counts, false));
            return;
        }
        clear();
        boolean all = counts.filesRestored() == counts.totalFiles() && counts.bytesRestored() == counts.totalBytes();
        String total = GoText.bytes(counts.totalBytes());
        String what = all
                ? "%d files/dirs (%s)".formatted(counts.totalFiles(), total)
                : "%d / %d files/dirs (%s / %s)"
                        .formatted(
                                counts.filesRestored(),
                                counts.totalFiles(),
                                GoText.bytes(counts.bytesRestored()),
                                total);
        output.result("Summary: Restored %s in %s%s".formatted(what, clock(), remainder(counts)));
    }

    private GoJsonWriter counters(GoJsonWriter json, RestoreCounts counts, boolean percent) {
        optional(json, "seconds_elapsed", seconds());
        if (percent) {
            double done = counts.totalBytes() == 0 ? 0 : (double) counts.bytesRestored() / counts.totalBytes();
            json.raw(",\"percent_done\":").raw(fraction(done));
        }
        optional(json, "total_files", counts.totalFiles());
        optional(json, "files_restored", counts.filesRestored());
        optional(json, "files_skipped", counts.filesSkipped());
        optional(json, "files_deleted", counts.filesDeleted());
        optional(json, "total_bytes", counts.totalBytes());
        optional(json, "bytes_restored", counts.bytesRestored());
        optional(json, "bytes_skipped", counts.bytesSkipped());
        return json.raw('}');
    }

    private static void optional(GoJsonWriter json, String name, long value) {
        if (value != 0) {
            json.raw(",\"" + name + "\":").number(value);
        }
    }

    private static String fraction(double value) {
        return BigDecimal.valueOf(value)
                .setScale(9, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }

    private long seconds() {
        return (long) ((System.nanoTime() - started) / NANOS_PER_SECOND);
    }

    /// `m:ss` or `h:mm:ss`.
    private String clock() {
        long seconds = seconds();
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
