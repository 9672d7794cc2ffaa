package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Reads one index document (repository format, section 6).
///
/// Members other programs add are skipped. Packs that rustic has marked for deletion (`packs_to_delete`)
/// are kept apart: their blobs must not be relied on. Everything known is checked: an index that lies loses
/// data.
final class IndexParser implements AutoCloseable {
    /// Real documents nest 5 deep; the rest is for unknown members.
    private static final int MAX_DEPTH = 32;
    /// Ids have 64 characters. Unknown members may have longer ones.
    private static final int MAX_TEXT = 64 * 1024;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_TEXT)
                    .maxNameLength(1024)
                    .maxNumberLength(64)
                    .build())
            .build();

    private static final long UINT32_MAX = 0xFFFF_FFFFL;

    /// What one index document says of one pack.
    record IndexedPack(ObjectId pack, PackEntries entries) {}

    private final JsonParser json;
    private final int version;
    private final List<IndexedPack> packs = new ArrayList<>();
    private final List<MarkedPack> marked = new ArrayList<>();
    private final boolean wantsMarked;

    private IndexParser(byte[] document, int length, int version, boolean wantsMarked) {
        this.wantsMarked = wantsMarked;
        this.json = JSON.createParser(ObjectReadContext.empty(), document, 0, length);
        this.version = version;
    }

    /// @param version of the repository: 1 knows no compression
    /// @return the packs in use
    /// @throws MalformedIndexException with what is wrong and where; nothing of such a document may be used
    static List<IndexedPack> parse(byte[] document, int version) throws MalformedIndexException {
        return parse(document, document.length, version, new PackEntries());
    }

    /// As above, of the first `length` bytes of an array.
    ///
    /// @param memory takes the entries: those of the result last until it is used again. Empty
    static List<IndexedPack> parse(byte[] document, int length, int version, PackEntries memory)
            throws MalformedIndexException {
        List<IndexedPack> compact = CompactIndexParser.parse(document, length, version, memory);
        return compact != null ? compact : read(document, length, version, false).packs;
    }

    /// As above, for every way to write such a document.
    static List<IndexedPack> parseAny(byte[] document, int version) throws MalformedIndexException {
        return read(document, document.length, version, false).packs;
    }

    /// As [#parse], with the packs marked for deletion.
    static IndexDocument parseAll(ObjectId file, byte[] document, int version) throws MalformedIndexException {
        List<IndexedPack> compact = CompactIndexParser.parse(document, document.length, version, new PackEntries());
        if (compact != null) {
            return new IndexDocument(file, sorted(compact), List.of());
        }
        IndexParser read = read(document, document.length, version, true);
        return new IndexDocument(file, sorted(read.packs), read.marked);
    }

    private static List<IndexDocument.Pack> sorted(List<IndexedPack> indexed) {
        List<IndexDocument.Pack> packs = new ArrayList<>(indexed.size());
        for (IndexedPack pack : indexed) {
            packs.add(new IndexDocument.Pack(pack.pack(), pack.entries().inOffsetOrder()));
        }
        return packs;
    }

    private static IndexParser read(byte[] document, int length, int version, boolean wantsMarked)
            throws MalformedIndexException {
        try (var parser = new IndexParser(document, length, version, wantsMarked)) {
            parser.document();
            return parser;
        } catch (JacksonException e) {
            throw new MalformedIndexException(e.getOriginalMessage(), e);
        }
    }

    private void document() throws MalformedIndexException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "the document");
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (name.equals("packs")) {
                // Two members of that name cannot both be meant.
                if (!packs.isEmpty()) {
                    throw malformed("two lists of packs");
                }
                packs(value);
            } else if (wantsMarked && name.equals("packs_to_delete")) {
                marked(value);
            } else {
                json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw malformed("more after the end of the document");
        }
    }

    private void packs(JsonToken start) throws MalformedIndexException {
        if (start == JsonToken.VALUE_NULL) {
            return;
        }
        expect(start, JsonToken.START_ARRAY, "packs");
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            expect(token, JsonToken.START_OBJECT, "a pack");
            MarkedPack pack = pack();
            packs.add(new IndexedPack(pack.pack(), pack.entries()));
        }
    }

    private void marked(JsonToken start) throws MalformedIndexException {
        if (start == JsonToken.VALUE_NULL) {
            return;
        }
        expect(start, JsonToken.START_ARRAY, "packs_to_delete");
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            expect(token, JsonToken.START_OBJECT, "a pack to delete");
            marked.add(pack());
        }
    }

    private MarkedPack pack() throws MalformedIndexException {
        ObjectId id = null;
        String time = null;
        long size = -1;
        var entries = new PackEntries();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (name.equals("id")) {
                id = id(value, "pack id");
            } else if (name.equals("blobs")) {
                blobs(value, entries);
            } else if (wantsMarked && name.equals("time") && value == JsonToken.VALUE_STRING) {
                time = json.getString();
            } else if (wantsMarked && name.equals("size") && value == JsonToken.VALUE_NUMBER_INT) {
                size = number(value, "size");
            } else {
                json.skipChildren();
            }
        }
        if (id == null) {
            throw malformed("a pack without id");
        }
        return new MarkedPack(id, entries, time, size);
    }

    private void blobs(JsonToken start, PackEntries entries) throws MalformedIndexException {
        if (start == JsonToken.VALUE_NULL) {
            return;
        }
        expect(start, JsonToken.START_ARRAY, "blobs");
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            expect(token, JsonToken.START_OBJECT, "a blob");
            blob(entries);
        }
    }

    private void blob(PackEntries entries) throws MalformedIndexException {
        ObjectId id = null;
        BlobType type = null;
        long offset = -1;
        long length = -1;
        long uncompressed = 0;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "id" -> id = id(value, "blob id");
                case "type" -> type = type(value);
                case "offset" -> offset = number(value, "offset");
                case "length" -> length = number(value, "length");
                case "uncompressed_length" -> uncompressed = uncompressedLength(value);
                default -> json.skipChildren();
            }
        }
        if (id == null || type == null || offset < 0 || length < 0) {
            throw malformed("a blob without id, type, offset or length");
        }
        check(offset, length, uncompressed);
        entries.add(type, id, offset, (int) length, (int) uncompressed);
    }

    private void check(long offset, long length, long uncompressed) throws MalformedIndexException {
        if (version == 1 && uncompressed != 0) {
            throw malformed("uncompressed_length in a repository of version 1");
        }
        if (length < PackEntries.SEAL_BYTES) {
            throw malformed("blob length " + length + " is shorter than its own seal");
        }
        if (length > Integer.MAX_VALUE || uncompressed > Integer.MAX_VALUE) {
            throw malformed("a blob of 2 GiB or more");
        }
        if (offset + length > UINT32_MAX) {
            throw malformed("a blob behind the first 4 GiB of its pack");
        }
    }

    private ObjectId id(JsonToken value, String what) throws MalformedIndexException {
        expect(value, JsonToken.VALUE_STRING, what);
        String text = json.getString();
        if (!ObjectId.isName(text)) {
            throw malformed(what + " is not 64 lower-case hex digits");
        }
        ObjectId id = ObjectId.parse(text);
        if (id.isNull()) {
            throw malformed(what + " is all zeros");
        }
        return id;
    }

    private BlobType type(JsonToken value) throws MalformedIndexException {
        expect(value, JsonToken.VALUE_STRING, "blob type");
        String word = json.getString();
        for (BlobType type : BlobType.values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        throw malformed("a blob type other than data and tree");
    }

    /// rustic writes `null` for a blob that is not compressed.
    private long uncompressedLength(JsonToken value) throws MalformedIndexException {
        return value == JsonToken.VALUE_NULL ? 0 : number(value, "uncompressed_length");
    }

    private long number(JsonToken value, String what) throws MalformedIndexException {
        expect(value, JsonToken.VALUE_NUMBER_INT, what);
        long number = json.getLongValue();
        if (number < 0 || number > UINT32_MAX) {
            throw malformed(what + " " + number + " is not an unsigned 32-bit number");
        }
        return number;
    }

    private void expect(@Nullable JsonToken found, JsonToken wanted, String what) throws MalformedIndexException {
        if (found != wanted) {
            throw malformed("%s is %s instead of %s".formatted(what, found == null ? "cut off" : found, wanted));
        }
    }

    private MalformedIndexException malformed(String fact) {
        var at = json.currentLocation();
        return new MalformedIndexException(fact + " (byte " + at.getByteOffset() + ")", null);
    }

    @Override
    public void close() {
        json.close();
    }

    /// An index document that does not follow the format.
    static final class MalformedIndexException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedIndexException(String fact, @Nullable Throwable cause) {
            super(fact, cause);
        }
    }
}
