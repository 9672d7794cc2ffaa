package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobIndex.PackContent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Makes new index documents out of old ones by cutting packs out of their text, so that whatever other programs
/// wrote beside them stays as it is. Stateless and safe for many threads.
public final class IndexEdit {
    /// As many as other writers put into one file.
    private static final int BLOBS = 50_000;

    private static final JsonFactory JSON = new JsonFactory();

    private IndexEdit() {}

    /// What is left of a document.
    ///
    /// @param json  null if no pack is left, neither used nor marked for deletion: then no file is needed
    /// @param packs how many packs are left
    public record Remainder(byte @Nullable [] json, int packs) {}

    /// Cuts packs out of a document that [IndexScan] could read.
    ///
    /// @param unwanted packs to cut out of the list of packs
    /// @param unmarked packs to cut out of rustic's list of packs that wait for their deletion
    /// @return null if the document names none of them
    /// @throws IllegalArgumentException if a list that [IndexScan] does not look into is no list of packs
    public static @Nullable Remainder without(byte[] json, Predicate<ObjectId> unwanted, Predicate<ObjectId> unmarked) {
        var cutting = new Cutting(json);
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.START_ARRAY && name.equals("packs")) {
                    cutting.list(parser, unwanted);
                } else if (value == JsonToken.START_ARRAY && name.equals("packs_to_delete")) {
                    cutting.list(parser, unmarked);
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it is not valid JSON: " + e.getOriginalMessage(), e);
        }
        return cutting.done();
    }

    /// Documents that name these packs, each of a size that readers like.
    public static List<byte[]> documents(List<PackContent> packs) {
        List<byte[]> documents = new ArrayList<>();
        var encoder = new IndexEncoder();
        int blobs = 0;
        for (PackContent pack : packs) {
            encoder.add(pack);
            blobs += pack.blobs().size();
            if (blobs >= BLOBS) {
                documents.add(encoder.finish());
                encoder = new IndexEncoder();
                blobs = 0;
            }
        }
        if (blobs > 0) {
            documents.add(encoder.finish());
        }
        return documents;
    }

    /// Copies a document without some elements of its lists.
    private static final class Cutting {
        private final byte[] json;
        private final ByteArrayOutputStream out;
        private int copied;
        private int left;
        private boolean changed;

        Cutting(byte[] json) {
            this.json = json;
            this.out = new ByteArrayOutputStream(json.length);
        }

        /// The parser stands on the opening bracket, afterwards on the closing one.
        void list(JsonParser parser, Predicate<ObjectId> cut) {
            copyTo(at(parser) + 1);
            boolean first = true;
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (token != JsonToken.START_OBJECT) {
                    throw new IllegalArgumentException("a list of packs holds something else");
                }
                int start = at(parser);
                ObjectId pack = id(parser);
                int end = at(parser) + 1;
                if (pack != null && cut.test(pack)) {
                    changed = true;
                    continue;
                }
                if (!first) {
                    out.write(',');
                }
                out.write(json, start, end - start);
                first = false;
                left++;
            }
            copied = at(parser);
        }

        /// The parser stands on the opening brace of a pack, afterwards on the closing one. Only packs that wait for
        /// their deletion may have an id that is none: nobody has read that list before.
        private static @Nullable ObjectId id(JsonParser parser) {
            ObjectId id = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean named = parser.currentName().equals("id");
                JsonToken value = parser.nextToken();
                if (named && value == JsonToken.VALUE_STRING) {
                    String name = parser.getString();
                    id = ObjectId.isName(name) ? ObjectId.parse(name) : null;
                } else {
                    parser.skipChildren();
                }
            }
            return id;
        }

        private static int at(JsonParser parser) {
            return Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        }

        private void copyTo(int end) {
            out.write(json, copied, end - copied);
            copied = end;
        }

        @Nullable
        Remainder done() {
            if (!changed) {
                return null;
            }
            copyTo(json.length);
            return new Remainder(left == 0 ? null : out.toByteArray(), left);
        }
    }
}
