package dev.reprise.serve;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a request is about: a repository, which lies at most two folders deep, and something in it.
///
/// @param folders names of the folders, each one safe to be a file name
/// @param subject what of the repository
record RequestPath(List<String> folders, Subject subject) {
    private static final int MOST_FOLDERS = 2;
    private static final int LONGEST_NAME = 255;
    private static final Map<String, ObjectType> RESTICS = new HashMap<>();
    private static final Map<String, ObjectType> OWN = new HashMap<>();
    private static final String OWN_FOLDER = "reprise";

    static {
        for (ObjectType type : ObjectType.values()) {
            switch (type) {
                case CONFIG -> {}
                case KEY, LOCK, SNAPSHOT, INDEX, PACK -> RESTICS.put(type.folder(), type);
                case POINT, READINGS, PARTIAL -> OWN.put(type.folder().substring(OWN_FOLDER.length() + 1), type);
            }
        }
    }

    sealed interface Subject {
        /// The repository itself.
        record Whole() implements Subject {}

        /// All objects of a type.
        record All(ObjectType type) implements Subject {}

        /// One object; the configuration too.
        record One(ObjectKey key) implements Subject {}
    }

    /// @param raw as it stands in the request line, still encoded
    /// @return null if it names nothing a server of this protocol has
    static @Nullable RequestPath parse(String raw) {
        List<String> names = names(raw);
        if (names == null) {
            return null;
        }
        int depth = 0;
        while (depth < MOST_FOLDERS && depth < names.size() - 1 && !isSpecial(names, depth)) {
            depth++;
        }
        List<String> folders = List.copyOf(names.subList(0, depth));
        Subject subject = folders.stream().allMatch(RequestPath::isFolderName)
                ? subject(names.subList(depth, names.size()))
                : null;
        return subject == null ? null : new RequestPath(folders, subject);
    }

    /// Where the folders end.
    private static boolean isSpecial(List<String> names, int at) {
        String name = names.get(at);
        boolean own = name.equals(OWN_FOLDER) && at + 2 < names.size() && OWN.containsKey(names.get(at + 1));
        return RESTICS.containsKey(name) || name.equals("config") || own;
    }

    private static @Nullable Subject subject(List<String> rest) {
        String first = rest.getFirst();
        return switch (rest.size()) {
            case 1 ->
                switch (first) {
                    case "" -> new Subject.Whole();
                    case "config" -> new Subject.One(ObjectKey.CONFIG);
                    default -> null;
                };
            case 2 -> object(RESTICS.get(first), rest.get(1));
            case 3 -> first.equals(OWN_FOLDER) ? object(OWN.get(rest.get(1)), rest.get(2)) : null;
            default -> null;
        };
    }

    private static @Nullable Subject object(@Nullable ObjectType type, String name) {
        if (type == null) {
            return null;
        }
        if (name.isEmpty()) {
            return new Subject.All(type);
        }
        return ObjectId.isName(name) ? new Subject.One(new ObjectKey(type, name)) : null;
    }

    /// Names of hidden files hold what administrators keep beside repositories.
    private static boolean isFolderName(String name) {
        return !name.isEmpty()
                && !name.startsWith(".")
                && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME
                && name.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == '/' || c == '\\');
    }

    /// The parts between slashes, decoded one by one, so that an encoded slash separates nothing.
    private static @Nullable List<String> names(String raw) {
        if (!raw.startsWith("/")) {
            return null;
        }
        List<String> names = new ArrayList<>();
        for (String part : raw.substring(1).split("/", MOST_FOLDERS + 5)) {
            String name = decoded(part);
            if (name == null) {
                return null;
            }
            names.add(name);
        }
        return names;
    }

    private static @Nullable String decoded(String part) {
        byte[] bytes = new byte[part.length()];
        int length = 0;
        for (int i = 0; i < part.length(); i++) {
            char one = part.charAt(i);
            if (one == '%') {
                int code = code(part, i + 1);
                if (code < 0) {
                    return null;
                }
                bytes[length++] = (byte) code;
                i += 2;
            } else if (one > ' ' && one < 0x7f && one != ';') {
                bytes[length++] = (byte) one;
            } else {
                return null;
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /// @return -1 if no two hexadecimal digits stand there
    private static int code(String text, int at) {
        if (at + 2 > text.length()) {
            return -1;
        }
        String digits = text.substring(at, at + 2);
        return digits.matches("[0-9a-fA-F]{2}") ? Integer.parseInt(digits, 16) : -1;
    }
}
