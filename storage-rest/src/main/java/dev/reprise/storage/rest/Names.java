package dev.reprise.storage.rest;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/// The objects of a list, gathered whole before anybody hears of them: 40 bytes each, so that a million packs are no
/// question, and the server need not wait for whoever is told. A size of -1 is not known yet.
final class Names {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxStringLength(4096)
                    .maxNameLength(256)
                    .build())
            .build();

    private final List<ObjectId> ids = new ArrayList<>();
    private long[] sizes = new long[16];

    /// `[{"name":…,"size":…}, …]` with protocol version 2, `["…", …]` with version 1; other names are passed over.
    ///
    /// @throws MalformedAnswerException if it is neither, or ends early
    static Names read(InputStream json) throws IOException {
        var names = new Names();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            require(parser.nextToken() == JsonToken.START_ARRAY);
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    names.add(parser.getString(), -1);
                } else {
                    require(token == JsonToken.START_OBJECT);
                    names.addObject(parser);
                }
            }
            require(parser.nextToken() == null);
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (JacksonException e) {
            throw new MalformedAnswerException("the list is no JSON");
        }
        return names;
    }

    private void addObject(JsonParser parser) throws IOException {
        String name = "";
        long size = -1;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String member = parser.currentName();
            JsonToken value = parser.nextToken();
            if (member.equals("name") && value == JsonToken.VALUE_STRING) {
                name = parser.getString();
            } else if (member.equals("size") && value == JsonToken.VALUE_NUMBER_INT) {
                size = parser.getLongValue();
            } else {
                parser.skipChildren();
            }
        }
        require(parser.currentToken() == JsonToken.END_OBJECT && (size >= 0 || !ObjectId.isName(name)));
        add(name, size);
    }

    private static void require(boolean expected) throws MalformedAnswerException {
        if (!expected) {
            throw new MalformedAnswerException("the list is not one of names, or of names and sizes");
        }
    }

    private void add(String name, long size) {
        if (!ObjectId.isName(name)) {
            return;
        }
        if (ids.size() == sizes.length) {
            sizes = Arrays.copyOf(sizes, sizes.length * 2);
        }
        sizes[ids.size()] = size;
        ids.add(ObjectId.parse(name));
    }

    /// Tells of all; those whose size the list did not have are asked for, and left out if they are gone.
    void forEach(ObjectType type, SizeOf unknown, Consumer<StoredObject> consumer) {
        for (int i = 0; i < ids.size(); i++) {
            ObjectKey key = ObjectKey.of(type, ids.get(i));
            long size = sizes[i] >= 0 ? sizes[i] : unknown.size(key);
            if (size >= 0) {
                consumer.accept(new StoredObject(key, size));
            }
        }
    }

    /// Asks the server.
    interface SizeOf {
        /// @return -1 if it is gone
        long size(ObjectKey key);
    }
}
