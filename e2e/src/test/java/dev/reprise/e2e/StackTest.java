package dev.reprise.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.reprise.embedded.DebianTools;
import dev.reprise.embedded.EmbeddedPostgres;
import dev.reprise.embedded.EmbeddedRedis;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The README's way through, with real servers: configure from the environment, back up, look, restore. Every test
/// restores from one point of one stack; those that make points of their own use a repository of their own.
@TestMethodOrder(MethodOrderer.Random.class)
class StackTest {
    private static final String PASSWORD = "stack test password";
    private static final int ORDERS = 3000;
    private static final int KEYS = 500;

    @TempDir
    private static Path home;

    private static EmbeddedPostgres postgres;
    private static EmbeddedRedis redis;
    private static Path uploads;

    @TempDir
    private Path here;

    private RepriseProcess reprise;

    @BeforeAll
    static void protect() throws Exception {
        postgres = EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch());
        redis = EmbeddedRedis.start(EmbeddedRedis.Options.scratch());
        postgres.createDatabase("app");
        postgres.execute(
                "app",
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, md5(i::text) FROM generate_series(1, " + ORDERS + ") i");
        command(redis.port(), keys());
        uploads = Files.createDirectory(home.resolve("uploads"));
        var random = new Random(7);
        for (int i = 0; i < 30; i++) {
            byte[] bytes = new byte[random.nextInt(200_000)];
            random.nextBytes(bytes);
            Files.write(uploads.resolve("image " + i + ".bin"), bytes);
        }
        var fromEnvironment = fromEnvironment(home);
        fromEnvironment.ok("init", "--from-env");
        CheapRepository.cheapen(home.resolve("repository"), PASSWORD);
        fromEnvironment.ok("backup");
    }

    @AfterAll
    static void stop() {
        postgres.close();
        redis.close();
    }

    @BeforeEach
    void use_the_configuration_that_init_wrote() throws IOException {
        // Servers of root run as another user, who must be able to enter.
        Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("rwxr-xr-x"));
        reprise = fromEnvironment(home);
    }

    private static RepriseProcess fromEnvironment(Path folder) {
        return new RepriseProcess(folder)
                .with("DATABASE_URL", urlWithPassword("app"))
                .with("REDIS_URL", redis.url())
                .with("UPLOADS_DIR", uploads.toString())
                .with("BACKUP_ROOT", folder.resolve("repository").toString())
                .with("RESTIC_PASSWORD", PASSWORD);
    }

    @Test
    void is_told_in_points_and_status() {
        assertThat(reprise.ok("points").out().lines())
                .hasSize(2)
                .last()
                .asString()
                .contains("adhoc");
        assertThat(reprise.ok("points", "latest", "--json").out())
                .contains("\"complete\":true", "\"app.public.orders\":" + ORDERS, "\"snapshot_id\"");
        assertThat(reprise.ok("status").out()).contains("postgres", "redis", "uploads");
        assertThat(reprise.ok("check", "--read-data").out()).contains("no defects in 1 recovery points, 3 snapshots");
    }

    @Test
    void brings_files_back() throws IOException {
        Path target = here.resolve("uploads");
        reprise.ok("restore", "uploads", "--to", target.toString());
        assertThat(TreeHash.of(target)).isEqualTo(TreeHash.of(uploads));
    }

    @Test
    void brings_a_database_back_under_another_name() throws SQLException {
        var result = reprise.ok(
                "restore", "postgres", "--to", postgres.url("postgres"), "--option", "database=app:app_restored");
        assertThat(result.out()).contains("recorded values agree");
        assertThat(number("app_restored", "SELECT count(*) FROM orders")).isEqualTo(ORDERS);
        postgres.execute("postgres", "DROP DATABASE app_restored");
    }

    @Test
    void replaces_a_database_only_when_told_twice() throws SQLException {
        postgres.execute("app", "INSERT INTO orders VALUES (1000000, 'later')");

        var refused = reprise.run("restore", "postgres", "--to", postgres.url("postgres"));
        assertThat(refused.status()).isEqualTo(22);
        var unconfirmed = reprise.run("restore", "postgres", "--to", postgres.url("postgres"), "--replace");
        assertThat(unconfirmed.status()).as(unconfirmed.err()).isNotZero();
        assertThat(number("app", "SELECT count(*) FROM orders")).isEqualTo(ORDERS + 1);

        reprise.ok("restore", "postgres", "--to", postgres.url("postgres"), "--replace", "--yes");
        assertThat(number("app", "SELECT count(*) FROM orders")).isEqualTo(ORDERS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void brings_redis_back_with_append_only_on_and_off(boolean appendOnly) throws Exception {
        Path target = Files.createDirectory(here.resolve("redis"));
        reprise.ok("restore", "redis", "--to", target.toString());
        try (var restored =
                EmbeddedRedis.start(EmbeddedRedis.Options.scratch().in(target).appendOnly(appendOnly))) {
            assertThat(command(restored.port(), List.of("DBSIZE"))).contains(":" + KEYS);
        }
    }

    @Test
    void exports_by_date_are_read_by_the_servers_own_programs() throws Exception {
        Path exports = here.resolve("exports");
        reprise.ok("export", "adhoc", "--to", exports.toString());
        Path day;
        try (Stream<Path> found = Files.list(exports)) {
            day = found.toList().getFirst();
        }
        assertThat(day.getFileName().toString()).matches("\\d{4}-\\d{2}-\\d{2}");
        run(Map.of(), "sh", "-c", "cd '" + day + "' && sha256sum --quiet --strict -c SHA256SUMS");
        postgres.createDatabase("app_exported");
        run(
                Map.of("PGPASSWORD", postgres.password().reveal()),
                DebianTools.find("pg_restore").file().toString(),
                "--exit-on-error",
                "--host=127.0.0.1",
                "--port=" + postgres.port(),
                "--username=postgres",
                "--dbname=app_exported",
                day.resolve("postgres/postgres/app.dump").toString());
        assertThat(number("app_exported", "SELECT count(*) FROM orders")).isEqualTo(ORDERS);
        postgres.execute("postgres", "DROP DATABASE app_exported");
        DebianTools.Program check = DebianTools.find("redis-check-rdb");
        run(
                check.environment(),
                check.file().toString(),
                day.resolve("redis/redis/dump.rdb").toString());
        Files.createDirectory(here.resolve("tar"));
        run(
                Map.of(),
                "tar",
                "-xzf",
                day.resolve("files/uploads.tar.gz").toString(),
                "-C",
                here.resolve("tar").toString());
        assertThat(TreeHash.of(here.resolve("tar"))).isEqualTo(TreeHash.of(uploads));
    }

    @Test
    void writes_plain_files_that_other_programs_read() throws Exception {
        Path plain = here.resolve("plain");
        reprise.ok("restore", "--to-artifacts", plain.toString());

        Path sql = here.resolve("postgres.sql");
        try (var in = new GZIPInputStream(Files.newInputStream(plain.resolve("postgres.sql.gz")))) {
            Files.copy(in, sql);
        }
        try (var other = EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch())) {
            DebianTools.Program psql = DebianTools.find("psql");
            run(
                    Map.of("PGPASSWORD", other.password().reveal()),
                    psql.file().toString(),
                    "--no-psqlrc",
                    "--set=ON_ERROR_STOP=1",
                    "--quiet",
                    "--host=127.0.0.1",
                    "--port=" + other.port(),
                    "--username=postgres",
                    "--file=" + sql);
            String password = postgres.password().reveal(); // it came back with the role
            try (Connection connection = DriverManager.getConnection(other.jdbcUrl("app"), "postgres", password);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(*) FROM orders")) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(ORDERS);
            }
        }
        Files.createDirectory(here.resolve("tar"));
        run(
                Map.of(),
                "tar",
                "-xzf",
                plain.resolve("uploads.tar.gz").toString(),
                "-C",
                here.resolve("tar").toString());
        assertThat(TreeHash.of(here.resolve("tar"))).isEqualTo(TreeHash.of(uploads));
        DebianTools.Program check = DebianTools.find("redis-check-rdb");
        run(
                check.environment(),
                check.file().toString(),
                plain.resolve("redis.rdb").toString());

        var again = reprise.run("restore", "--to-artifacts", plain.toString());
        assertThat(again.status()).isEqualTo(22);
    }

    @Test
    void can_be_read_by_stock_restic() throws IOException {
        var restic = StockRestic.of("0.19", home.resolve("repository"), PASSWORD);
        Path target = here.resolve("by-restic");
        restic.ok("restore", "latest", "--tag", "source:uploads", "--target", target.toString());
        Path content = target.resolve(uploads.getRoot().relativize(uploads));
        assertThat(TreeHash.of(content)).isEqualTo(TreeHash.of(uploads));
        assertThat(restic.ok("dump", "latest", "--tag", "source:postgres", "/postgres/app.dump")
                        .out())
                .startsWith("PGDMP");
    }

    @Test
    void is_restored_on_a_machine_that_has_only_the_repository() throws IOException, SQLException {
        var bare = new RepriseProcess(here)
                .with("BACKUP_ROOT", home.resolve("repository").toString())
                .with("PGPASSWORD", postgres.password().reveal())
                .with("RESTIC_PASSWORD", PASSWORD);
        assertThat(bare.ok("points").out()).contains("adhoc");
        bare.ok("restore", "uploads", "--to", "up");
        assertThat(TreeHash.of(here.resolve("up"))).isEqualTo(TreeHash.of(uploads));
        bare.ok("restore", "redis", "--to", "redis-data");
        bare.ok("restore", "postgres", "--to", postgres.url("postgres"), "--option", "database=app:app_bare");
        assertThat(number("app_bare", "SELECT count(*) FROM orders")).isEqualTo(ORDERS);
        postgres.execute("postgres", "DROP DATABASE app_bare");

        var nothing = bare.run("backup");
        assertThat(nothing.status()).isEqualTo(20);
        assertThat(nothing.err()).contains("there is no job");
    }

    @Test
    void without_an_optional_source_makes_an_incomplete_point() {
        var without = fromEnvironment(here).with("REDIS_URL", "redis://127.0.0.1:1");
        without.ok("init", "--from-env");

        var result = without.run("backup");

        assertThat(result.status()).as(result.err()).isEqualTo(3);
        assertThat(result.err()).contains("optional source redis failed");
        assertThat(without.ok("points", "latest", "--json").out())
                .contains("\"complete\":false", "\"outcome\":\"failed\"", "\"outcome\":\"captured\"");
        assertThat(without.run("status").status()).isEqualTo(3);
    }

    @Test
    void without_a_required_source_makes_no_point() throws IOException {
        var without = fromEnvironment(here).with("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/app");
        without.ok("init", "--from-env");

        var result = without.run("backup");

        assertThat(result.status()).as(result.err()).isEqualTo(21);
        assertThat(result.err()).contains("no recovery point was written");
        assertThat(snapshots(here)).isEmpty();
        StockRestic.of("0.19", here.resolve("repository"), PASSWORD).ok("check", "--read-data");
    }

    @Test
    void survives_a_dump_that_dies_half_way() throws Exception {
        var own = fromEnvironment(here).with("DATABASE_URL", urlWithPassword("wide"));
        postgres.createDatabase("wide");
        postgres.execute(
                "wide",
                "CREATE TABLE rows AS SELECT i, repeat(md5(i::text), 30) AS text FROM generate_series(1, 100000) i");
        own.ok("init", "--from-env");

        Process backup = own.start(here.resolve("log"), "backup");
        while (backup.isAlive()
                && number(
                                "postgres",
                                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                        + " WHERE application_name = 'reprise' AND query LIKE 'COPY%rows%'")
                        == 0) {
            Thread.onSpinWait();
        }

        assertThat(backup.waitFor(2, TimeUnit.MINUTES)).isTrue();
        String log = Files.readString(here.resolve("log"));
        assertThat(backup.exitValue()).as(log).isEqualTo(21);
        assertThat(log)
                .contains("wide.dump")
                .contains("is not whole")
                .doesNotContain(postgres.password().reveal());
        assertThat(snapshots(here)).isEmpty();
        own.ok("backup");
        StockRestic.of("0.19", here.resolve("repository"), PASSWORD).ok("check", "--read-data");
    }

    @Test
    void never_shows_its_secrets_to_other_users() throws Exception {
        var own = fromEnvironment(here);
        own.ok("init", "--from-env");
        Process backup = own.start(here.resolve("log"), "backup", "-v");
        List<String> commands = new ArrayList<>();
        while (backup.isAlive()) {
            commands.addAll(commandLines());
            TimeUnit.MILLISECONDS.sleep(5);
        }
        String secret = postgres.password().reveal();
        assertThat(commands).anyMatch(line -> line.contains("pg_dump")).noneMatch(line -> line.contains(secret));
        assertThat(commands).noneMatch(line -> line.contains(PASSWORD));
        assertThat(Files.readString(here.resolve("log"))).doesNotContain(secret).doesNotContain(PASSWORD);
        assertThat(Files.readString(here.resolve("reprise.yaml"))).doesNotContain(secret);
        assertThat(own.ok("points", "latest", "--json").out()).doesNotContain(secret);
    }

    @Test
    void changes_nothing_in_a_dry_run() throws IOException {
        var before = TreeHash.of(home.resolve("repository"));
        assertThat(reprise.ok("backup", "--dry-run").out()).contains("postgres (postgres): ready");
        reprise.ok("restore", "uploads", "--to", here.resolve("none").toString(), "--dry-run");
        reprise.ok("restore", "--to-artifacts", here.resolve("none").toString(), "--dry-run");
        assertThat(here.resolve("none")).doesNotExist();
        assertThat(TreeHash.of(home.resolve("repository")).keySet())
                .filteredOn(name -> !name.startsWith("locks"))
                .isEqualTo(before.keySet().stream()
                        .filter(name -> !name.startsWith("locks"))
                        .toList());
    }

    private static String urlWithPassword(String database) {
        return postgres.url(database)
                .replace("postgres@", "postgres:" + postgres.password().reveal() + "@");
    }

    private static List<Path> snapshots(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("repository/snapshots"))) {
            return files.toList();
        }
    }

    private static List<String> commandLines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path path : (Iterable<Path>) all::iterator) {
                if (path.getFileName().toString().chars().allMatch(Character::isDigit)) {
                    lines.add(commandLine(path));
                }
            }
        }
        return lines;
    }

    private static String commandLine(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
        } catch (IOException ended) {
            return "";
        }
    }

    private static long number(String database, String query) throws SQLException {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static List<String> keys() {
        List<String> commands = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            commands.add("SET key:%d value-%d".formatted(i, i));
        }
        return commands;
    }

    /// Sends commands as text, one per line, and returns everything the server said.
    private static String command(int port, List<String> commands) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String text = String.join("\r\n", commands) + "\r\nQUIT\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static void run(Map<String, String> environment, String... command) {
        assertThatCode(() -> {
                    var builder = new ProcessBuilder(command).redirectErrorStream(true);
                    builder.environment().putAll(environment);
                    Process process = builder.start();
                    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    assertThat(process.waitFor()).as(said).isZero();
                })
                .as(String.join(" ", command))
                .doesNotThrowAnyException();
    }
}
