package dev.reprise.sources;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/// Streams kept in memory, as a repository would keep them, and open to damage.
public final class CapturedStreams implements StreamSource.StreamSink, StreamSource.StoredStreams {
    private final TreeMap<String, byte[]> streams = new TreeMap<>();
    private Facts facts = Facts.NONE;

    public static CapturedStreams of(StreamSource source) {
        var captured = new CapturedStreams();
        captured.facts = source.capture(captured, SourceListener.SILENT);
        return captured;
    }

    @Override
    public void store(String path, InputStream stream) throws IOException {
        streams.put(path, stream.readAllBytes());
    }

    @Override
    public List<String> paths() {
        return List.copyOf(streams.keySet());
    }

    @Override
    public long size(String path) {
        return bytes(path).length;
    }

    @Override
    public InputStream open(String path) {
        return new ByteArrayInputStream(bytes(path));
    }

    @Override
    public Facts facts() {
        return facts;
    }

    public byte[] bytes(String path) {
        return Objects.requireNonNull(streams.get(path), path);
    }

    public String text(String path) {
        return new String(bytes(path), java.nio.charset.StandardCharsets.UTF_8);
    }

    /// A copy with another content of one stream; null removes it.
    public CapturedStreams with(String path, byte @org.jspecify.annotations.Nullable [] bytes) {
        var copy = withFacts(facts);
        if (bytes == null) {
            copy.streams.remove(path);
        } else {
            copy.streams.put(path, bytes);
        }
        return copy;
    }

    public CapturedStreams truncated(String path, int length) {
        return with(path, Arrays.copyOf(bytes(path), length));
    }

    public CapturedStreams withFacts(Facts other) {
        var copy = new CapturedStreams();
        copy.streams.putAll(streams);
        copy.facts = other;
        return copy;
    }
}
