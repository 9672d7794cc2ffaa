package dev.reprise.serve;

import dev.reprise.storage.ObjectType;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// What went through the server, under rest-server's names, in Prometheus' text format. Safe for many threads.
final class Counters {
    /// More would be an attack on the memory of whoever collects them.
    private static final int MOST_SERIES = 20_000;

    enum Operation {
        WRITE("written", "written to blobs"),
        READ("read", "read from blobs"),
        DELETE("deleted", "of blobs deleted");

        private final String past;
        private final String bytes;

        Operation(String past, String bytes) {
            this.past = past;
            this.bytes = bytes;
        }

        private String family() {
            return "rest_server_blob_" + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private record Series(Operation operation, String labels) implements Comparable<Series> {
        @Override
        public int compareTo(Series other) {
            int first = operation.compareTo(other.operation);
            return first != 0 ? first : labels.compareTo(other.labels);
        }
    }

    private record Sums(LongAdder blobs, LongAdder bytes) {}

    private final Map<Series, Sums> sums = new ConcurrentSkipListMap<>();

    /// @param user       empty for nobody
    /// @param repository path of its folder, without slashes around
    void add(Operation operation, String user, String repository, ObjectType type, long bytes) {
        String labels = "{repo=\"%s\",type=\"%s\",user=\"%s\"}"
                .formatted(escaped(repository), escaped(type.folder()), escaped(user));
        var series = new Series(operation, labels);
        if (sums.size() >= MOST_SERIES && !sums.containsKey(series)) {
            return;
        }
        Sums both = sums.computeIfAbsent(series, _ -> new Sums(new LongAdder(), new LongAdder()));
        both.blobs.increment();
        both.bytes.add(bytes);
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    /// Prometheus' text format, version 0.0.4.
    String text() {
        var text = new StringBuilder();
        for (Operation operation : Operation.values()) {
            family(text, operation, "_total", "Total number of blobs " + operation.past, false);
            family(text, operation, "_bytes_total", "Total number of bytes " + operation.bytes, true);
        }
        return text.toString();
    }

    private void family(StringBuilder text, Operation operation, String suffix, String help, boolean bytes) {
        String name = operation.family() + suffix;
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(" counter\n");
        sums.forEach((series, both) -> {
            if (series.operation == operation) {
                long value = (bytes ? both.bytes : both.blobs).sum();
                text.append(name)
                        .append(series.labels)
                        .append(' ')
                        .append(value)
                        .append('\n');
            }
        });
    }
}
