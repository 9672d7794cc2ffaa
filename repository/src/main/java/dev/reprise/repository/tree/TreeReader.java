package dev.reprise.repository.tree;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Reads the outer shape of a tree: one object with a list of nodes.
final class TreeReader {
    /// What foreign members may need and no more; our own need 4.
    private static final int DEEPEST = 64;
    /// Extended attributes and security descriptors are the longest strings.
    private static final int LONGEST_STRING = 64 << 20;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(LONGEST_STRING)
                    .maxNameLength(1024)
                    .maxNumberLength(64)
                    .build())
            .build();

    private TreeReader() {}

    static List<Node> read(byte[] tree) throws TreeFormatException {
        requireUtf8Object(tree);
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), tree)) {
            parser.nextToken();
            return nodes(parser, tree);
        } catch (JacksonException e) {
            throw new TreeFormatException("not a tree: " + e.getOriginalMessage(), e);
        }
    }

    /// The parser would guess other encodings than UTF-8, too.
    private static void requireUtf8Object(byte[] tree) throws TreeFormatException {
        int start = 0;
        while (start < tree.length
                && (tree[start] == ' ' || tree[start] == '\n' || tree[start] == '\r' || tree[start] == '\t')) {
            start++;
        }
        if (tree.length - start < 2 || tree[start] != '{' || tree[start + 1] == 0) {
            int shown = Math.min(tree.length, 20);
            String text = new String(tree, 0, shown, StandardCharsets.ISO_8859_1);
            throw new TreeFormatException("not a tree: " + tree.length + " bytes starting with \"" + text + "\"", null);
        }
    }

    private static List<Node> nodes(JsonParser parser, byte[] tree) throws TreeFormatException {
        List<Node> nodes = List.of();
        boolean found = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean list = parser.currentName().equals("nodes");
            JsonToken value = parser.nextToken();
            if (!list) {
                parser.skipChildren();
                continue;
            }
            if (found) {
                throw new TreeFormatException("a tree with two lists of nodes", null);
            }
            found = true;
            if (value == JsonToken.START_ARRAY) {
                nodes = list(parser, tree);
            } else if (value != JsonToken.VALUE_NULL) {
                throw new TreeFormatException("the nodes of a tree are " + value + ", not a list", null);
            }
        }
        return nodes;
    }

    private static List<Node> list(JsonParser parser, byte[] tree) throws TreeFormatException {
        var nodes = new ArrayList<Node>();
        var reader = new NodeReader(parser, tree);
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
            if (next != JsonToken.START_OBJECT) {
                throw new TreeFormatException("node " + nodes.size() + " is " + next + ", not an object", null);
            }
            nodes.add(reader.read(nodes.size()));
        }
        return nodes;
    }
}
