package dev.reprise.sources.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a database is, apart from its content: one entry of `databases.json`.
///
/// @param dump            path of its dump in the capture
/// @param localeProvider  `c` for the C library, `i` for ICU, `b` for builtin, as in `pg_database`
/// @param locale          of the ICU or builtin provider, else empty
/// @param icuRules        tailoring rules of the ICU locale, else empty (PostgreSQL 16 and newer)
/// @param connectionLimit -1 for none
/// @param template        whether new databases may be made after it by any role
/// @param grants          empty and `ownGrants` false: the defaults
/// @param settings        `ALTER DATABASE … SET`, in order
record DatabaseEntry(
        String name,
        String dump,
        String owner,
        String encoding,
        String collate,
        String ctype,
        String localeProvider,
        String locale,
        String icuRules,
        String tablespace,
        long connectionLimit,
        String comment,
        boolean template,
        boolean ownGrants,
        List<Grant> grants,
        List<Setting> settings) {
    /// @param role empty for PUBLIC
    record Grant(String role, String privilege, boolean grantable) {}

    /// @param role       empty for every role
    /// @param assignment `search_path=app, public`, as the catalog holds it
    record Setting(String role, String assignment) {}

    /// What is known of a database of which there is only the dump.
    static DatabaseEntry unknown(String name, String dump) {
        return new DatabaseEntry(
                name, dump, "", "", "", "", "c", "", "", "", -1, "", false, false, List.of(), List.of());
    }

    Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", name);
        json.put("dump", dump);
        json.put("owner", owner);
        json.put("encoding", encoding);
        json.put("collate", collate);
        json.put("ctype", ctype);
        json.put("locale_provider", localeProvider);
        json.put("locale", locale);
        json.put("icu_rules", icuRules);
        json.put("tablespace", tablespace);
        json.put("connection_limit", connectionLimit);
        json.put("comment", comment);
        json.put("template", template);
        json.put("own_grants", ownGrants);
        json.put(
                "grants",
                grants.stream()
                        .map(g -> Map.of("role", g.role(), "privilege", g.privilege(), "grantable", g.grantable()))
                        .toList());
        json.put(
                "settings",
                settings.stream()
                        .map(s -> Map.of("role", s.role(), "assignment", s.assignment()))
                        .toList());
        return json;
    }

    /// Captures of earlier versions know nothing of templates and ICU rules.
    ///
    /// @throws IllegalArgumentException if a part is missing or of another kind
    static DatabaseEntry fromJson(Map<?, ?> json) {
        return new DatabaseEntry(
                text(json, "name"),
                text(json, "dump"),
                text(json, "owner"),
                text(json, "encoding"),
                text(json, "collate"),
                text(json, "ctype"),
                text(json, "locale_provider"),
                text(json, "locale"),
                json.containsKey("icu_rules") ? text(json, "icu_rules") : "",
                text(json, "tablespace"),
                part(json, "connection_limit", Long.class),
                text(json, "comment"),
                json.containsKey("template") && part(json, "template", Boolean.class),
                part(json, "own_grants", Boolean.class),
                maps(json, "grants").stream()
                        .map(g -> new Grant(text(g, "role"), text(g, "privilege"), part(g, "grantable", Boolean.class)))
                        .toList(),
                maps(json, "settings").stream()
                        .map(s -> new Setting(text(s, "role"), text(s, "assignment")))
                        .toList());
    }

    static String text(Map<?, ?> json, String name) {
        return part(json, name, String.class);
    }

    static <T> T part(Map<?, ?> json, String name, Class<T> type) {
        Object value = json.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("databases.json has no " + name + " of type " + type.getSimpleName());
        }
        return type.cast(value);
    }

    static List<Map<?, ?>> maps(Map<?, ?> json, String name) {
        var maps = new ArrayList<Map<?, ?>>();
        for (Object value : (List<?>) part(json, name, List.class)) {
            maps.add(map(value));
        }
        return maps;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("databases.json holds " + value + " instead of an object");
    }
}
