package dev.reprise.sources.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Statements that make a database what it was, apart from its content.
///
/// @param owners      whether owners, grants and settings of roles are wanted
/// @param tablespaces whether it goes into the tablespace it came from
/// @param roleExists  whether a role of this name is in the target
record DatabaseSql(DatabaseEntry entry, boolean owners, boolean tablespaces, Predicate<String> roleExists) {
    private static final Set<String> LISTS = Set.of(
            "local_preload_libraries",
            "search_path",
            "session_preload_libraries",
            "shared_preload_libraries",
            "temp_tablespaces",
            "unix_socket_directories");

    String create(String name) {
        var sql = new StringBuilder("CREATE DATABASE " + SqlText.identifier(name) + " TEMPLATE template0");
        if (!entry.encoding().isEmpty()) {
            sql.append(" ENCODING ").append(SqlText.literal(entry.encoding()));
            sql.append(" LC_COLLATE ").append(SqlText.literal(entry.collate()));
            sql.append(" LC_CTYPE ").append(SqlText.literal(entry.ctype()));
            sql.append(provider());
        }
        if (known(entry.owner())) {
            sql.append(" OWNER ").append(SqlText.identifier(entry.owner()));
        }
        if (tablespaces && !entry.tablespace().isEmpty()) {
            sql.append(" TABLESPACE ").append(SqlText.identifier(entry.tablespace()));
        }
        return sql.toString();
    }

    private String provider() {
        String rules = entry.icuRules().isEmpty() ? "" : " ICU_RULES " + SqlText.literal(entry.icuRules());
        return switch (entry.localeProvider()) {
            case "i" -> " LOCALE_PROVIDER icu ICU_LOCALE " + SqlText.literal(entry.locale()) + rules;
            case "b" -> " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + SqlText.literal(entry.locale());
            default -> "";
        };
    }

    private boolean known(String role) {
        return owners && !role.isEmpty() && roleExists.test(role);
    }

    /// What `pg_dump --create` puts outside the database: grants, comment, limit and settings. Whether it is a
    /// template is not among them: a template cannot be dropped, so it becomes one last.
    List<String> properties(String name) {
        var statements = new ArrayList<String>();
        String database = "DATABASE " + SqlText.identifier(name);
        if (!entry.comment().isEmpty()) {
            statements.add("COMMENT ON " + database + " IS " + SqlText.literal(entry.comment()));
        }
        if (entry.connectionLimit() >= 0) {
            statements.add("ALTER " + database + " CONNECTION LIMIT " + entry.connectionLimit());
        }
        for (DatabaseEntry.Setting setting : entry.settings()) {
            if (setting.role().isEmpty() || known(setting.role())) {
                statements.add(alter(name, setting));
            }
        }
        if (owners && entry.ownGrants()) {
            statements.add("REVOKE ALL ON " + database + " FROM PUBLIC");
            for (DatabaseEntry.Grant grant : entry.grants()) {
                if (grant.role().isEmpty() || known(grant.role())) {
                    statements.add(grant(database, grant));
                }
            }
        }
        return statements;
    }

    /// Makes it a template, if it was one.
    List<String> template(String name) {
        return entry.template()
                ? List.of("ALTER DATABASE " + SqlText.identifier(name) + " IS_TEMPLATE true")
                : List.of();
    }

    private static String grant(String database, DatabaseEntry.Grant grant) {
        if (!grant.privilege().matches("[A-Z ]+")) {
            throw new IllegalArgumentException("not a privilege: " + grant.privilege());
        }
        String to = grant.role().isEmpty() ? "PUBLIC" : SqlText.identifier(grant.role());
        return "GRANT " + grant.privilege() + " ON " + database + " TO " + to
                + (grant.grantable() ? " WITH GRANT OPTION" : "");
    }

    /// Settings that are lists hold their elements quoted as identifiers already.
    private static String alter(String database, DatabaseEntry.Setting setting) {
        String[] parts = setting.assignment().split("=", 2);
        String value = LISTS.contains(parts[0]) ? elements(parts[1]) : SqlText.literal(parts[1]);
        String who = setting.role().isEmpty()
                ? "ALTER DATABASE " + SqlText.identifier(database)
                : "ALTER ROLE " + SqlText.identifier(setting.role()) + " IN DATABASE " + SqlText.identifier(database);
        return who + " SET " + dotted(parts[0]) + " TO " + value;
    }

    private static String dotted(String setting) {
        String[] names = setting.split("\\.", -1);
        var quoted = new ArrayList<String>();
        for (String name : names) {
            quoted.add(SqlText.identifier(name));
        }
        return String.join(".", quoted);
    }

    private static String elements(String list) {
        var elements = new ArrayList<String>();
        for (String element : list.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)) {
            String bare = element.strip();
            boolean quoted = bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"");
            elements.add(SqlText.literal(
                    quoted ? bare.substring(1, bare.length() - 1).replace("\"\"", "\"") : bare));
        }
        return String.join(", ", elements);
    }
}
