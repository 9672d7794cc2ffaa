package dev.reprise.cli;

import dev.reprise.base.ByteSize;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Shows how far long work is: a line that is drawn over on a terminal, a line now and then elsewhere, a `status`
/// message with `--json`. Safe for use by many threads; [#update] is cheap enough to be called very often.
public final class Progress implements AutoCloseable {
    enum Form {
        /// One line that is drawn over.
        BAR(TimeUnit.MILLISECONDS.toNanos(100)),
        /// Whole lines, seldom: logs keep them.
        LINES(TimeUnit.SECONDS.toNanos(10)),
        JSON(TimeUnit.SECONDS.toNanos(1)),
        NONE(Long.MAX_VALUE / 2);

        private final long intervalNanos;

        Form(long intervalNanos) {
            this.intervalNanos = intervalNanos;
        }
    }

    /// How far the work is. A total of 0 is unknown.
    ///
    /// @param items      done so far: files, packs, rows
    /// @param itemsTotal of those
    /// @param bytes      done so far
    /// @param bytesTotal of those
    /// @param current    what is being worked on, for people; may be empty
    public record State(long items, long itemsTotal, long bytes, long bytesTotal, String current) {
        /// 0 to 1 by bytes, else by items; 0 when no total is known.
        double fraction() {
            long done = bytesTotal > 0 ? bytes : items;
            long total = bytesTotal > 0 ? bytesTotal : itemsTotal;
            return total > 0 ? Math.clamp((double) done / total, 0, 1) : 0;
        }

        boolean totalIsKnown() {
            return bytesTotal > 0 || itemsTotal > 0;
        }
    }

    private final Output output;
    private final String action;
    private final Form form;
    private final LongSupplier nanoTime;
    private final long startedNanos;
    private final int width;
    private volatile long nextNanos;
    private volatile String lastLine = "";

    Progress(Output output, String action, Form form, LongSupplier nanoTime) {
        this.output = output;
        this.action = action;
        this.form = form;
        this.nanoTime = nanoTime;
        this.startedNanos = nanoTime.getAsLong();
        this.width = form == Form.BAR ? output.width() : 0;
        this.nextNanos = startedNanos + (form == Form.BAR ? 0 : form.intervalNanos);
    }

    /// Shows the state if it is time to.
    public void update(State state) {
        long now = nanoTime.getAsLong();
        if (now - nextNanos < 0) {
            return;
        }
        synchronized (this) {
            if (now - nextNanos < 0) {
                return;
            }
            nextNanos = now + form.intervalNanos;
        }
        show(state, (now - startedNanos) / 1e9);
    }

    private void show(State state, double seconds) {
        switch (form) {
            case BAR -> {
                lastLine = fit(line(state, seconds));
                output.bar(this, lastLine);
            }
            case LINES -> output.info(line(state, seconds));
            case JSON -> output.message("status", fields -> status(fields, state, seconds));
            case NONE -> {}
        }
    }

    private void status(JsonFields fields, State state, double seconds) {
        fields.put("action", action)
                .put("seconds_elapsed", Math.round(seconds))
                .put("percent_done", state.fraction())
                .put("total_files", state.itemsTotal())
                .put("files_done", state.items())
                .put("total_bytes", state.bytesTotal())
                .put("bytes_done", state.bytes())
                .putAll("current_files", state.current().isEmpty() ? List.of() : List.of(state.current()));
    }

    private String line(State state, double seconds) {
        var line = new StringBuilder(action).append(": ");
        if (state.totalIsKnown()) {
            line.append(Math.round(Math.floor(state.fraction() * 100))).append("%, ");
        }
        line.append(state.items());
        if (state.itemsTotal() > 0) {
            line.append(" of ").append(state.itemsTotal());
        }
        if (state.bytes() > 0 || state.bytesTotal() > 0) {
            line.append(", ").append(new ByteSize(state.bytes()));
            if (state.bytesTotal() > 0) {
                line.append(" of ").append(new ByteSize(state.bytesTotal()));
            }
            if (seconds >= 1) {
                line.append(", ")
                        .append(new ByteSize((long) (state.bytes() / seconds)))
                        .append("/s");
            }
        }
        line.append(", ").append(clock(seconds));
        double fraction = state.fraction();
        if (fraction > 0.02 && fraction < 1 && seconds >= 5) {
            line.append(", ").append(clock(seconds / fraction - seconds)).append(" left");
        }
        return state.current().isEmpty()
                ? line.toString()
                : line.append("  ").append(state.current()).toString();
    }

    /// `m:ss` or `h:mm:ss`.
    private static String clock(double seconds) {
        long whole = Math.round(seconds);
        String minutesAndSeconds = "%d:%02d".formatted(whole / 60 % 60, whole % 60);
        return whole < 3600
                ? minutesAndSeconds
                : whole / 3600 + ":" + "%02d:%02d".formatted(whole / 60 % 60, whole % 60);
    }

    /// At most one line of the terminal, on which the cursor stays.
    private String fit(String line) {
        String printable = Printable.of(line).replace('\n', ' ').replace('\t', ' ');
        return printable.length() < width ? printable : printable.substring(0, width - 2) + "…";
    }

    String lastLine() {
        return lastLine;
    }

    /// Removes the line.
    @Override
    public void close() {
        if (form == Form.BAR) {
            output.bar(this, null);
        }
    }
}
