package dev.reprise.demo;

import dev.reprise.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A shop's two databases: made, written to, and audited by queries of its own.
final class ShopDatabase {
    static final List<String> DATABASES = List.of("shop", "analytics");
    private static final String LOADED = "shop.payments";

    /// Rows and an order-independent checksum of every row's text.
    record Table(long rows, String checksum) {}

    private ShopDatabase() {}

    static void create(EmbeddedPostgres server) throws SQLException {
        for (String database : DATABASES) {
            server.createDatabase(database);
        }
        server.execute(
                "shop",
                "CREATE ROLE shop_app LOGIN",
                "CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL, email text UNIQUE NOT NULL,"
                        + " joined timestamptz NOT NULL, profile jsonb NOT NULL)",
                "CREATE TABLE products (sku text PRIMARY KEY, title text NOT NULL, price numeric(10,2) NOT NULL,"
                        + " stock int NOT NULL, picture bytea)",
                "CREATE TABLE orders (id bigserial PRIMARY KEY, customer bigint NOT NULL REFERENCES customers,"
                        + " placed timestamptz NOT NULL, total numeric(12,2) NOT NULL, note text)",
                "CREATE TABLE payments (id bigint PRIMARY KEY, amount numeric(12,2) NOT NULL, reference text NOT NULL)",
                "CREATE INDEX ON orders (customer, placed)",
                "CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 900",
                "INSERT INTO customers SELECT i, 'Customer ' || i, 'c' || i || '@example.org',"
                        + " timestamptz '2024-01-01' + i * interval '37 minutes',"
                        + " jsonb_build_object('tier', i % 4, 'tags', jsonb_build_array('t' || i % 7, md5(i::text)))"
                        + " FROM generate_series(1, 6000) i",
                "INSERT INTO products SELECT 'SKU-' || i, 'Product ' || md5(i::text), (i % 997) + 0.99, i % 53,"
                        + " decode(repeat(md5(i::text), 40), 'hex') FROM generate_series(1, 800) i",
                "INSERT INTO orders (customer, placed, total, note) SELECT 1 + (i * 7919) % 6000,"
                        + " timestamptz '2025-01-01' + i * interval '11 minutes', (i * 31 % 100000) / 100.0,"
                        + " CASE WHEN i % 9 = 0 THEN 'gift: ' || md5((i * 3)::text) END"
                        + " FROM generate_series(1, 40000) i",
                "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO shop_app");
        server.execute(
                "analytics",
                "CREATE TABLE page_views (at timestamptz NOT NULL, path text NOT NULL, session uuid NOT NULL,"
                        + " millis int NOT NULL)",
                "INSERT INTO page_views SELECT timestamptz '2026-01-01' + i * interval '2 seconds',"
                        + " '/p/' || i % 400, md5((i / 12)::text)::uuid, i * 13 % 900 FROM generate_series(1, 60000) i");
    }

    /// One payment under load; its content follows from its number.
    static void pay(Connection shop, int number) throws SQLException {
        try (PreparedStatement insert = shop.prepareStatement("INSERT INTO payments VALUES (?, ?::numeric / 100, ?)")) {
            insert.setInt(1, number);
            insert.setInt(2, amountCents(number));
            insert.setString(3, reference(number));
            insert.executeUpdate();
        }
    }

    /// Every table of every database but the one under load: `shop.orders` → rows and checksum.
    static Map<String, Table> tables(EmbeddedPostgres server) throws SQLException {
        Map<String, Table> tables = new TreeMap<>();
        for (String database : DATABASES) {
            try (Connection connection = server.connect(database)) {
                for (String table : names(connection)) {
                    if (!LOADED.equals(database + "." + table)) {
                        tables.put(database + "." + table, read(connection, table));
                    }
                }
            }
        }
        return tables;
    }

    private static List<String> names(Connection connection) throws SQLException {
        List<String> names = new java.util.ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static Table read(Connection connection, String table) throws SQLException {
        String quoted = "\"" + table.replace("\"", "\"\"") + "\"";
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))"
                                + "::bit(60)::bigint), 0) FROM " + quoted + " t")) {
            row.next();
            return new Table(row.getLong(1), row.getString(2));
        }
    }

    /// Compares a recovered server with the books.
    ///
    /// @param expected  [#tables] of the server that was lost
    /// @param atLeast   payments that were confirmed before the capture began: they must all be there
    /// @param atMost    payments that can have been begun when it ended
    static Audit audit(EmbeddedPostgres server, Map<String, Table> expected, int atLeast, int atMost)
            throws SQLException {
        var findings = new Audit.Findings();
        Map<String, Table> found = tables(server);
        expected.forEach((name, table) -> {
            if (!table.equals(found.get(name))) {
                findings.add("table %s was %s, is %s".formatted(name, table, found.get(name)));
            }
        });
        found.keySet().stream()
                .filter(name -> !expected.containsKey(name))
                .forEach(name -> findings.add("table " + name + " was not there before"));
        int survived = auditPayments(server, findings);
        if (survived < atLeast || survived > atMost) {
            findings.add("payments 1 to %d came back, expected between %d and %d".formatted(survived, atLeast, atMost));
        }
        return new Audit(found.size() + 1L, findings.list(), survived);
    }

    private static int auditPayments(EmbeddedPostgres server, Audit.Findings findings) throws SQLException {
        int expected = 0;
        try (Connection shop = server.connect("shop");
                Statement statement = shop.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT id, (amount * 100)::int, reference FROM payments ORDER BY id")) {
            while (rows.next()) {
                expected++;
                boolean right = rows.getInt(1) == expected
                        && rows.getInt(2) == amountCents(expected)
                        && rows.getString(3).equals(reference(expected));
                if (!right) {
                    findings.add("payment %d is not as it was written".formatted(rows.getInt(1)));
                }
            }
        }
        return expected;
    }

    private static int amountCents(int number) {
        return 100 + number * 7919 % 99_000;
    }

    private static String reference(int number) {
        return "PAY-%08d".formatted(number);
    }
}
