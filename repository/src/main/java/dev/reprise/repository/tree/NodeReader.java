package dev.reprise.repository.tree;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.tree.Node.ExtendedAttribute;
import dev.reprise.repository.tree.Node.ForeignMember;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads one node after the other from a parser. A member that is null counts as missing, as for Go.
final class NodeReader {
    private static final Map<String, NodeType> TYPES = types();
    private static final byte[] NO_BYTES = {};

    private final JsonParser parser;
    private final byte[] tree;

    // Most nodes of a directory share these; reading them once saves half the time.
    private String lastTime = "";
    private NodeTime lastNodeTime = NodeTime.ABSENT;
    private String lastUser = "";
    private String lastGroup = "";

    // The node being read.
    private int index;
    private @Nullable RawName name;
    private @Nullable NodeType type;
    private NodeTime mtime = NodeTime.ABSENT;
    private NodeTime atime = NodeTime.ABSENT;
    private NodeTime ctime = NodeTime.ABSENT;
    private String user = "";
    private String group = "";
    private long mode;
    private long uid;
    private long gid;
    private long inode;
    private long deviceId;
    private long size;
    private long links;
    private long device;
    private @Nullable RawName linkTarget;
    private @Nullable RawName linkTargetRaw;
    private List<ExtendedAttribute> extendedAttributes = List.of();
    private @Nullable List<ObjectId> content;
    private @Nullable ObjectId subtree;
    private String error = "";
    private Map<String, ForeignMember> foreign = Map.of();

    /// @param tree what the parser reads; foreign members are cut out of it
    NodeReader(JsonParser parser, byte[] tree) {
        this.parser = parser;
        this.tree = tree;
    }

    private static Map<String, NodeType> types() {
        var types = new LinkedHashMap<String, NodeType>();
        for (NodeType type : NodeType.values()) {
            types.put(type.name().toLowerCase(Locale.ROOT), type);
        }
        return types;
    }

    /// The parser stands on the node's opening brace, afterwards on its closing one.
    ///
    /// @param index for error messages
    Node read(int index) throws TreeFormatException {
        reset(index);
        String before = "";
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String word = parser.currentName();
            JsonToken value = parser.nextToken();
            Member member = Member.of(word);
            if (member == null) {
                keep(word, before);
                continue;
            }
            before = member.word;
            if (value != JsonToken.VALUE_NULL) {
                read(member, before);
            }
        }
        return node();
    }

    private void reset(int nextIndex) {
        index = nextIndex;
        name = null;
        type = null;
        mtime = NodeTime.ABSENT;
        atime = NodeTime.ABSENT;
        ctime = NodeTime.ABSENT;
        user = "";
        group = "";
        mode = 0;
        uid = 0;
        gid = 0;
        inode = 0;
        deviceId = 0;
        size = 0;
        links = 0;
        device = 0;
        linkTarget = null;
        linkTargetRaw = null;
        extendedAttributes = List.of();
        content = null;
        subtree = null;
        error = "";
        foreign = Map.of();
    }

    private Node node() throws TreeFormatException {
        if (name == null || type == null) {
            throw wrong(name == null ? "has no name" : "has no type", null);
        }
        RawName target = linkTargetRaw != null ? linkTargetRaw : linkTarget;
        return new Node(
                name,
                type,
                mode,
                mtime,
                atime,
                ctime,
                uid,
                gid,
                user,
                group,
                inode,
                deviceId,
                size,
                links,
                target == null && type == NodeType.SYMLINK ? RawName.of(NO_BYTES) : target,
                extendedAttributes,
                device,
                content,
                subtree,
                error,
                foreign.isEmpty() ? Map.of() : Collections.unmodifiableMap(foreign));
    }

    private void read(Member member, String word) throws TreeFormatException {
        switch (member) {
            case NAME -> name = quotedName();
            case TYPE -> type = type();
            case MODE -> mode = unsigned32(word);
            case MTIME -> mtime = time(word);
            case ATIME -> atime = time(word);
            case CTIME -> ctime = time(word);
            case UID -> uid = unsigned32(word);
            case GID -> gid = unsigned32(word);
            case USER -> {
                lastUser = textLike(lastUser, word);
                user = lastUser;
            }
            case GROUP -> {
                lastGroup = textLike(lastGroup, word);
                group = lastGroup;
            }
            case INODE -> inode = unsigned64(word);
            case DEVICE_ID -> deviceId = unsigned64(word);
            case SIZE -> size = unsigned64(word);
            case LINKS -> links = unsigned64(word);
            case LINK_TARGET -> linkTarget = linkTarget();
            case LINK_TARGET_RAW -> linkTargetRaw = RawName.of(base64(word));
            case EXTENDED_ATTRIBUTES -> extendedAttributes = extendedAttributes();
            case DEVICE -> device = unsigned64(word);
            case CONTENT -> content = content();
            case SUBTREE -> subtree = id(word);
            case ERROR -> error = text(word);
        }
    }

    private RawName quotedName() throws TreeFormatException {
        requireString("name");
        try {
            return NameQuoting.unquote(
                    parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
        } catch (TreeFormatException e) {
            throw wrong("has a bad name: " + e.getMessage(), e);
        }
    }

    /// A type this program does not know is kept, so that its siblings stay readable.
    private NodeType type() throws TreeFormatException {
        String text = text("type");
        NodeType known = TYPES.get(text);
        if (known == null) {
            keep("type", "");
            return NodeType.IRREGULAR;
        }
        return known;
    }

    /// restic up to 0.15 replaced bytes that are no UTF-8 by an escaped U+FFFD; a real U+FFFD is not escaped.
    private RawName linkTarget() throws TreeFormatException {
        String text = text("linktarget");
        if (text.indexOf('\ufffd') >= 0) {
            keep("linktarget", "");
        }
        return RawName.of(text);
    }

    private NodeTime time(String word) throws TreeFormatException {
        String text = textLike(lastTime, word);
        if (!text.equals(lastTime)) {
            try {
                GoTime time = GoTime.parse(text);
                lastNodeTime = new NodeTime(time.epochSecond(), time.nano(), time.offsetSeconds());
                lastTime = text;
            } catch (IllegalArgumentException e) {
                throw wrong("has a bad " + word + ": " + e.getMessage(), e);
            }
        }
        return lastNodeTime;
    }

    private List<ExtendedAttribute> extendedAttributes() throws TreeFormatException {
        requireToken(JsonToken.START_ARRAY, "extended_attributes", "a list");
        var attributes = new ArrayList<ExtendedAttribute>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            requireToken(JsonToken.START_OBJECT, "extended_attributes", "a list of objects");
            attributes.add(extendedAttribute());
        }
        return Collections.unmodifiableList(attributes);
    }

    private ExtendedAttribute extendedAttribute() throws TreeFormatException {
        String attribute = null;
        byte[] value = NO_BYTES;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String word = parser.currentName();
            boolean absent = parser.nextToken() == JsonToken.VALUE_NULL;
            if (word.equals("name") && !absent) {
                attribute = text("extended attribute's name");
            } else if (word.equals("value") && !absent) {
                value = base64("extended attribute's value");
            } else {
                parser.skipChildren();
            }
        }
        if (attribute == null) {
            throw wrong("has an extended attribute without a name", null);
        }
        return new ExtendedAttribute(attribute, value);
    }

    private List<ObjectId> content() throws TreeFormatException {
        requireToken(JsonToken.START_ARRAY, "content", "a list");
        var ids = new ArrayList<ObjectId>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            ids.add(id("content"));
        }
        return Collections.unmodifiableList(ids);
    }

    private ObjectId id(String word) throws TreeFormatException {
        requireString(word);
        char[] text = parser.getStringCharacters();
        int from = parser.getStringOffset();
        if (parser.getStringLength() != 64) {
            throw wrong("has a " + word + " of " + parser.getStringLength() + " characters, ids have 64", null);
        }
        return new ObjectId(
                word64(text, from, word),
                word64(text, from + 16, word),
                word64(text, from + 32, word),
                word64(text, from + 48, word));
    }

    private long word64(char[] text, int from, String word) throws TreeFormatException {
        long value = 0;
        for (int i = from; i < from + 16; i++) {
            int digit = text[i] < 0x80 ? Character.digit(text[i], 16) : -1;
            if (digit < 0) {
                throw wrong("has a " + word + " that is not hexadecimal", null);
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private long unsigned32(String word) throws TreeFormatException {
        long value = unsigned64(word);
        if (value < 0 || value > 0xffff_ffffL) {
            throw wrong("has a " + word + " beyond 32 bits: " + Long.toUnsignedString(value), null);
        }
        return value;
    }

    private long unsigned64(String word) throws TreeFormatException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrong("has a " + word + " that is " + parser.currentToken() + ", not a whole number", null);
        }
        boolean fits = parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (fits && parser.getLongValue() >= 0) {
            return parser.getLongValue();
        }
        BigInteger value = parser.getBigIntegerValue();
        if (value.signum() < 0 || value.bitLength() > 64) {
            throw wrong("has a " + word + " beyond 64 bits or below 0: " + value, null);
        }
        return value.longValue();
    }

    private byte[] base64(String word) throws TreeFormatException {
        try {
            return Base64.getDecoder().decode(text(word));
        } catch (IllegalArgumentException e) {
            throw wrong("has a " + word + " that is not base64", e);
        }
    }

    private String text(String word) throws TreeFormatException {
        requireString(word);
        return parser.getString();
    }

    /// The text, or `last` itself when they are equal: owners and times repeat.
    private String textLike(String last, String word) throws TreeFormatException {
        requireString(word);
        int length = parser.getStringLength();
        if (length == last.length()) {
            char[] text = parser.getStringCharacters();
            int from = parser.getStringOffset();
            int same = 0;
            while (same < length && text[from + same] == last.charAt(same)) {
                same++;
            }
            if (same == length) {
                return last;
            }
        }
        return parser.getString();
    }

    /// Keeps the current value as it stands in the tree.
    private void keep(String word, String after) {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int end = (int) parser.currentLocation().getByteOffset();
        if (foreign.isEmpty()) {
            foreign = new LinkedHashMap<>();
        }
        String json = new String(tree, start, end - start, StandardCharsets.UTF_8);
        foreign.put(word, new ForeignMember(json, after));
    }

    private void requireString(String word) throws TreeFormatException {
        requireToken(JsonToken.VALUE_STRING, word, "a string");
    }

    private void requireToken(JsonToken wanted, String word, String expected) throws TreeFormatException {
        if (parser.currentToken() != wanted) {
            throw wrong("has a " + word + " that is " + parser.currentToken() + ", not " + expected, null);
        }
    }

    private TreeFormatException wrong(String fact, @Nullable Throwable cause) {
        String which = name == null ? "node " + index : "node " + index + " (" + name + ")";
        return new TreeFormatException(which + " " + fact, cause);
    }
}
