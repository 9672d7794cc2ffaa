package dev.reprise.repository.tree;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The members of a node that have a meaning here, in writing order.
enum Member {
    NAME("name"),
    TYPE("type"),
    MODE("mode"),
    MTIME("mtime"),
    ATIME("atime"),
    CTIME("ctime"),
    UID("uid"),
    GID("gid"),
    USER("user"),
    GROUP("group"),
    INODE("inode"),
    DEVICE_ID("device_id"),
    SIZE("size"),
    LINKS("links"),
    LINK_TARGET("linktarget"),
    LINK_TARGET_RAW("linktarget_raw"),
    EXTENDED_ATTRIBUTES("extended_attributes"),
    DEVICE("device"),
    CONTENT("content"),
    SUBTREE("subtree"),
    ERROR("error");

    private static final Map<String, Member> BY_WORD = byWord();

    final String word;
    /// `,"word":`, the first one without the comma.
    @SuppressWarnings("ImmutableEnumChecker") // never changed after construction
    final byte[] key;

    Member(String word) {
        this.word = word;
        this.key = ((word.equals("name") ? "\"" : ",\"") + word + "\":").getBytes(StandardCharsets.US_ASCII);
    }

    private static Map<String, Member> byWord() {
        var members = new HashMap<String, Member>();
        for (Member member : values()) {
            members.put(member.word, member);
        }
        return members;
    }

    static @Nullable Member of(String word) {
        return BY_WORD.get(word);
    }
}
