package dev.reprise.repository.tree;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.HexDigits;
import dev.reprise.repository.model.Utf8;
import dev.reprise.repository.tree.Node.ExtendedAttribute;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads trees that are written exactly as restic writes them: members in its order, nothing escaped, no white space
/// but one newline at the end. Nearly all are, and this takes a fraction of the time of reading JSON.
///
/// It only says yes or "another must look": whatever it does not expect, also what is wrong, is left to [TreeReader],
/// which knows how to name it. What it accepts means the same there. Belongs to one thread.
final class CompactTreeReader {
    private static final Member[] MEMBERS = Member.values();
    private static final NodeType[] TYPES = NodeType.values();
    /// `file"` and so on.
    private static final byte[][] TYPE_WORDS = typeWords();

    private static final byte[] START = ascii("{\"nodes\":[");
    private static final byte[] NULL = ascii("null");
    private static final byte[] ATTRIBUTE_NAME = ascii("{\"name\":");
    private static final byte[] ATTRIBUTE_VALUE = ascii(",\"value\":");
    private static final byte[] NO_BYTES = {};

    private static final int DATE_BYTES = 10;
    private static final int SECONDS_PER_HOUR = 3600;
    private static final int FRACTION_DIGITS = 9;
    /// All such numbers fit into 63 bits.
    private static final int MAX_DIGITS = 18;
    private static final long UINT32_MAX = 0xFFFF_FFFFL;
    /// No name or owner is longer; extended attributes may be, and are then read by the other.
    private static final int LONGEST_TEXT = NameQuoting.LONGEST_NAME;

    private final byte[] in;
    private int at;
    private boolean unexpected;

    // Most nodes of a directory share these.
    private int lastTimeAt;
    private int lastTimeLength;
    private NodeTime lastTime = NodeTime.ABSENT;
    private int lastDateAt = -1;
    private long lastDateSecond;
    private String lastUser = "";
    private String lastGroup = "";

    // The node being read.
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
    private List<ExtendedAttribute> extendedAttributes = List.of();
    private @Nullable List<ObjectId> content;
    private @Nullable ObjectId subtree;
    private String error = "";

    private CompactTreeReader(byte[] tree) {
        this.in = tree;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[][] typeWords() {
        var words = new byte[TYPES.length][];
        for (int i = 0; i < words.length; i++) {
            words[i] = ascii(TYPES[i].name().toLowerCase(Locale.ROOT) + '"');
        }
        return words;
    }

    /// @return null if another must look
    static @Nullable List<Node> read(byte[] tree) {
        var reader = new CompactTreeReader(tree);
        try {
            List<Node> nodes = reader.tree();
            return reader.unexpected ? null : nodes;
        } catch (IndexOutOfBoundsException _) {
            return null; // it ends too soon
        }
    }

    private List<Node> tree() {
        var nodes = new ArrayList<Node>();
        expect(START);
        if (!unexpected && in[at] == ']') {
            at++;
        } else {
            while (!unexpected) {
                Node node = node();
                if (node == null) {
                    unexpected = true;
                    break;
                }
                nodes.add(node);
                if (!another()) {
                    break;
                }
            }
        }
        expect('}');
        if (at < in.length) {
            expect('\n');
        }
        unexpected |= at != in.length;
        return nodes;
    }

    private @Nullable Node node() {
        reset();
        expect('{');
        boolean more = true;
        for (int member = 0; more && !unexpected; member++) {
            while (member < MEMBERS.length && !isNext(MEMBERS[member].key)) {
                member++;
            }
            if (member == MEMBERS.length) {
                return null;
            }
            at += MEMBERS[member].key.length;
            read(MEMBERS[member]);
            more = in[at] == ',';
        }
        expect('}');
        NodeType known = type;
        if (unexpected || name == null || known == null) {
            return null;
        }
        return new Node(
                name,
                known,
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
                linkTarget == null && known == NodeType.SYMLINK ? RawName.of(NO_BYTES) : linkTarget,
                extendedAttributes,
                device,
                content,
                subtree,
                error,
                Map.of());
    }

    private void reset() {
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
        extendedAttributes = List.of();
        content = null;
        subtree = null;
        error = "";
    }

    private void read(Member member) {
        switch (member) {
            case NAME -> name = rawText();
            case TYPE -> type = type();
            case MODE -> mode = unsigned32();
            case MTIME -> mtime = time();
            case ATIME -> atime = time();
            case CTIME -> ctime = time();
            case UID -> uid = unsigned32();
            case GID -> gid = unsigned32();
            case USER -> {
                lastUser = textLike(lastUser);
                user = lastUser;
            }
            case GROUP -> {
                lastGroup = textLike(lastGroup);
                group = lastGroup;
            }
            case INODE -> inode = number();
            case DEVICE_ID -> deviceId = number();
            case SIZE -> size = number();
            case LINKS -> links = number();
            case LINK_TARGET -> linkTarget = linkTarget();
            case LINK_TARGET_RAW -> unexpected = true;
            case EXTENDED_ATTRIBUTES -> extendedAttributes = extendedAttributes();
            case DEVICE -> device = number();
            case CONTENT -> content = content();
            case SUBTREE -> subtree = id();
            case ERROR -> error = textLike("");
        }
    }

    private @Nullable NodeType type() {
        expect('"');
        for (int i = 0; i < TYPE_WORDS.length; i++) {
            if (isNext(TYPE_WORDS[i])) {
                at += TYPE_WORDS[i].length;
                return TYPES[i];
            }
        }
        unexpected = true;
        return null;
    }

    private RawName rawText() {
        int start = at + 1;
        skipText();
        return RawName.of(in, start, at - 1);
    }

    /// What restic up to 0.15 could not write has U+FFFD in its place, which means something to the other reader.
    private RawName linkTarget() {
        RawName target = rawText();
        for (int i = 0; i + 2 < target.length(); i++) {
            unexpected |=
                    target.at(i) == (byte) 0xef && target.at(i + 1) == (byte) 0xbf && target.at(i + 2) == (byte) 0xbd;
        }
        return target;
    }

    /// The text, or `last` itself when they are equal: owners repeat.
    private String textLike(String last) {
        int start = at + 1;
        skipText();
        int length = at - 1 - start;
        if (length == last.length()) {
            int same = 0;
            while (same < length && in[start + same] == last.charAt(same)) {
                same++;
            }
            if (same == length) {
                return last;
            }
        }
        return new String(in, start, length, StandardCharsets.UTF_8);
    }

    /// Stands behind the closing quote afterwards. Everything between the quotes is the text itself.
    private void skipText() {
        expect('"');
        int start = at;
        for (byte b = in[at]; b != '"' && !unexpected; b = in[at]) {
            if (b >= ' ' && b < 0x7f) {
                unexpected |= b == '\\';
                at++;
            } else {
                int bytes = b < 0 ? Utf8.characterAt(in, at) : 0;
                unexpected |= bytes == 0;
                at += bytes;
            }
        }
        unexpected |= at - start > LONGEST_TEXT;
        at++;
    }

    /// RFC 3339 as Go writes it.
    private NodeTime time() {
        expect('"');
        if (lastTimeLength > 0
                && Arrays.equals(in, lastTimeAt, lastTimeAt + lastTimeLength, in, at, at + lastTimeLength)) {
            at += lastTimeLength;
            return lastTime;
        }
        int start = at;
        long second = date();
        expect('T');
        second += twoDigits(23) * (long) SECONDS_PER_HOUR;
        expect(':');
        second += twoDigits(59) * 60L;
        expect(':');
        second += twoDigits(59);
        int nano = in[at] == '.' ? fraction() : 0;
        int offset = offset();
        expect('"');
        if (!unexpected) {
            lastTimeAt = start;
            lastTimeLength = at - start;
            lastTime = new NodeTime(second - offset, nano, offset);
        }
        return lastTime;
    }

    /// @return the day's first second in UTC
    private long date() {
        int start = at;
        at += DATE_BYTES;
        if (lastDateAt >= 0 && Arrays.equals(in, lastDateAt, lastDateAt + DATE_BYTES, in, start, at)) {
            return lastDateSecond;
        }
        String midnight = new String(in, start, DATE_BYTES, StandardCharsets.ISO_8859_1) + "T00:00:00Z";
        try {
            lastDateSecond = GoTime.parse(midnight).epochSecond();
            lastDateAt = start;
        } catch (IllegalArgumentException _) {
            unexpected = true;
        }
        return lastDateSecond;
    }

    private int fraction() {
        at++;
        int nano = 0;
        int digits = 0;
        for (int digit = in[at] - '0'; digit >= 0 && digit <= 9 && digits < FRACTION_DIGITS; digit = in[at] - '0') {
            nano = 10 * nano + digit;
            digits++;
            at++;
        }
        unexpected |= digits == 0;
        for (; digits < FRACTION_DIGITS; digits++) {
            nano *= 10;
        }
        return nano;
    }

    /// @return seconds east
    private int offset() {
        byte sign = in[at++];
        if (sign == 'Z') {
            return 0;
        }
        unexpected |= sign != '+' && sign != '-';
        int seconds = twoDigits(24) * SECONDS_PER_HOUR;
        expect(':');
        seconds += twoDigits(59) * 60;
        return sign == '-' ? -seconds : seconds;
    }

    private int twoDigits(int max) {
        int tens = in[at] - '0';
        int ones = in[at + 1] - '0';
        at += 2;
        int value = 10 * tens + ones;
        unexpected |= tens < 0 || tens > 9 || ones < 0 || ones > 9 || value > max;
        return value;
    }

    private List<ExtendedAttribute> extendedAttributes() {
        expect('[');
        var attributes = new ArrayList<ExtendedAttribute>();
        do {
            expect(ATTRIBUTE_NAME);
            String attribute = textLike("");
            expect(ATTRIBUTE_VALUE);
            byte[] value = base64();
            expect('}');
            attributes.add(new ExtendedAttribute(attribute, value));
        } while (!unexpected && another());
        return Collections.unmodifiableList(attributes);
    }

    private byte[] base64() {
        int start = at + 1;
        skipText();
        try {
            return unexpected ? NO_BYTES : Base64.getDecoder().decode(Arrays.copyOfRange(in, start, at - 1));
        } catch (IllegalArgumentException _) {
            unexpected = true;
            return NO_BYTES;
        }
    }

    private @Nullable List<ObjectId> content() {
        if (isNext(NULL)) {
            at += NULL.length;
            return null;
        }
        expect('[');
        if (in[at] == ']') {
            at++;
            return List.of();
        }
        ObjectId first = id();
        if (!another()) {
            return List.of(first);
        }
        var ids = new ArrayList<ObjectId>();
        ids.add(first);
        do {
            ids.add(id());
        } while (!unexpected && another());
        return Collections.unmodifiableList(ids);
    }

    private ObjectId id() {
        expect('"');
        var id = new ObjectId(word(), word(), word(), word());
        expect('"');
        return id;
    }

    /// 16 digits.
    private long word() {
        long high = half();
        return (high << 32) | half();
    }

    private long half() {
        long value = HexDigits.eight(in, at);
        at += HexDigits.EIGHT;
        unexpected |= value < 0;
        return value;
    }

    private long unsigned32() {
        long value = number();
        unexpected |= value > UINT32_MAX;
        return value;
    }

    private long number() {
        int start = at;
        long value = 0;
        for (int digit = in[at] - '0'; digit >= 0 && digit <= 9 && at - start <= MAX_DIGITS; digit = in[at] - '0') {
            value = 10 * value + digit;
            at++;
        }
        int digits = at - start;
        unexpected |= digits == 0 || digits > MAX_DIGITS || (digits > 1 && in[start] == '0');
        return value;
    }

    /// Behind an element: whether another follows. Else the array has ended.
    private boolean another() {
        byte next = in[at++];
        unexpected |= next != ',' && next != ']';
        return next == ',';
    }

    private boolean isNext(byte[] wanted) {
        if (in.length - at < wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (in[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private void expect(byte[] wanted) {
        unexpected |= !isNext(wanted);
        at += wanted.length;
    }

    private void expect(char ascii) {
        unexpected |= in[at++] != ascii;
    }
}
