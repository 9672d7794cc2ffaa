package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./reprise` in a checkout of its own. The program is the real one; only Maven is replaced, by a script that
/// puts a jar where Maven would and writes down that it was called.
class LauncherTest {
    private static final String MAVEN = """
            #!/bin/sh
            cd "$(dirname "$0")"
            echo built >>"$0.calls"
            [ ! -e broken ] || { echo "[ERROR] boom"; exit 1; }
            mkdir -p app/target/dist/lib
            cp ../program.jar app/target/dist/lib/reprise-app-1.jar
            echo "[INFO] BUILD SUCCESS"
            """;

    @TempDir
    private static Path directory;

    /// For the tests to which the first start does not matter.
    private static @Nullable Path built;

    private Path checkout = directory;

    /// @param out standard output
    /// @param err standard error
    private record Result(int status, String out, String err) {}

    @BeforeAll
    static void makeProgram() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "dev.reprise.app.Main");
        var seen = new HashSet<String>();
        try (OutputStream file = Files.newOutputStream(directory.resolve("program.jar"));
                var jar = new JarOutputStream(file, manifest)) {
            for (String element : System.getProperty("java.class.path").split(":", -1)) {
                Path path = Path.of(element);
                if (Files.isDirectory(path)) {
                    addDirectory(path, jar, seen);
                } else if (element.matches(".*(reprise-|picocli|jackson-core|snakeyaml|bcprov).*\\.jar")) {
                    addJar(path, jar, seen);
                }
            }
        }
    }

    private static void addDirectory(Path classes, JarOutputStream jar, Set<String> seen) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                add(classes.relativize(file).toString(), Files.readAllBytes(file), jar, seen);
            }
        }
    }

    private static void addJar(Path path, JarOutputStream jar, Set<String> seen) throws IOException {
        try (var zip = new ZipFile(path.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
                if (!entry.isDirectory()) {
                    add(entry.getName(), zip.getInputStream(entry).readAllBytes(), jar, seen);
                }
            }
        }
    }

    private static void add(String name, byte[] content, JarOutputStream jar, Set<String> seen) throws IOException {
        if (!name.startsWith("META-INF/") && seen.add(name)) {
            jar.putNextEntry(new ZipEntry(name));
            jar.write(content);
        }
    }

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = newCheckout();
    }

    private static Path newCheckout() throws IOException {
        Path made = Files.createTempDirectory(directory, "a check out ");
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.copy(
                Path.of(System.getProperty("reprise.root"), "reprise"),
                made.resolve("reprise"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(made.resolve("mvnw"), MAVEN);
        Files.setPosixFilePermissions(made.resolve("mvnw"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(made.resolve("base/src/main"));
        Files.writeString(made.resolve("pom.xml"), "<project/>");
        Files.writeString(made.resolve("base/pom.xml"), "<project/>");
        Files.writeString(made.resolve("base/src/main/A.java"), "class A {}");
        return made;
    }

    /// Goes on in the one checkout that is already built.
    private void useBuiltCheckout() throws IOException, InterruptedException {
        if (built == null) {
            built = checkout;
            assertThat(run("version").status()).isZero();
        }
        checkout = built;
    }

    private ProcessBuilder command(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(checkout.resolve("reprise").toString()));
        command.addAll(Arrays.asList(arguments));
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(Files.createTempFile(directory, "out", "").toFile())
                .redirectError(Files.createTempFile(directory, "err", "").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    private static Result finish(ProcessBuilder builder, Process process) throws IOException, InterruptedException {
        int status = process.waitFor();
        return new Result(
                status,
                Files.readString(builder.redirectOutput().file().toPath(), StandardCharsets.UTF_8),
                Files.readString(builder.redirectError().file().toPath(), StandardCharsets.UTF_8));
    }

    private Result run(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = command(arguments);
        return finish(builder, builder.start());
    }

    private long builds() throws IOException {
        Path calls = checkout.resolve("mvnw.calls");
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    @Test
    void the_first_start_builds_and_says_so_and_the_second_is_silent() throws Exception {
        Result first = run("version");
        assertThat(first.status()).as(first.err()).isZero();
        assertThat(first.out()).startsWith("reprise ");
        assertThat(first.err()).startsWith("reprise: building (first run or changed sources)");
        Result second = run("version");
        assertThat(second).isEqualTo(new Result(0, first.out(), ""));
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void a_link_to_it_works_from_anywhere() throws Exception {
        useBuiltCheckout();
        Path link = Files.createSymbolicLink(directory.resolve("link to it"), checkout.resolve("reprise"));
        ProcessBuilder builder = command("version");
        builder.command(link.toString(), "version");
        assertThat(finish(builder, builder.start()).out()).startsWith("reprise ");
    }

    @Test
    void a_link_named_restic_is_the_toolbox() throws Exception {
        useBuiltCheckout();
        Path link = Files.createSymbolicLink(checkout.resolve("restic"), checkout.resolve("reprise"));
        ProcessBuilder builder = command();
        builder.command(link.toString(), "--json", "version");
        assertThat(finish(builder, builder.start()).out()).startsWith("{\"message_type\":\"version\",\"version\":");
    }

    @Test
    void a_copy_named_restic_finds_its_program() throws Exception {
        useBuiltCheckout();
        Path elsewhere = Files.createTempDirectory(directory, "bin");
        Path copy = Files.copy(
                checkout.resolve("reprise"), elsewhere.resolve("restic"), StandardCopyOption.COPY_ATTRIBUTES);
        ProcessBuilder builder = command();
        builder.command(copy.toString(), "version");
        assertThat(finish(builder, builder.start()).err()).contains("set REPRISE_HOME to its directory");
        builder.environment().put("REPRISE_HOME", checkout.toString());
        assertThat(finish(builder, builder.start()).out()).startsWith("restic 0.19.1 ");
        builder.environment().remove("REPRISE_HOME");
        builder.environment().merge("PATH", checkout.toString(), (path, more) -> more + ":" + path);
        assertThat(finish(builder, builder.start()).out()).startsWith("restic 0.19.1 ");
    }

    @Test
    void changed_sources_are_built_and_old_ones_again_are_not() throws Exception {
        run("version");
        Files.writeString(checkout.resolve("base/src/main/A.java"), "class A { }");
        assertThat(run("version").err()).contains("building");
        Files.writeString(checkout.resolve("base/src/main/A.java"), "class A {}");
        assertThat(run("version").err()).isEmpty();
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void two_first_starts_at_once_build_once() throws Exception {
        ProcessBuilder one = command("version");
        ProcessBuilder other = command("version");
        Process first = one.start();
        Process second = other.start();
        assertThat(finish(one, first).status()).isZero();
        assertThat(finish(other, second).status()).isZero();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void a_failed_build_is_told_and_tried_again() throws Exception {
        Files.writeString(checkout.resolve("broken"), "");
        Result failed = run("version");
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err()).contains("[ERROR] boom\nerror: the build failed\nhint:  read " + checkout);
        Files.delete(checkout.resolve("broken"));
        assertThat(run("version").status()).isZero();
    }

    @Test
    void classes_come_from_the_cache_that_the_first_start_made() throws Exception {
        useBuiltCheckout();
        ProcessBuilder builder = command("version");
        builder.environment().put("REPRISE_JAVA_OPTIONS", "-Xlog:class+load");
        assertThat(finish(builder, builder.start()).out()).contains("dev.reprise.cli.Cli source: shared objects file");
    }

    @Test
    void runs_over_s3_have_a_cache_of_their_own() throws Exception {
        useBuiltCheckout();
        Path cache = cacheOf("version");
        Path larger = cache.resolveSibling(cache.getFileName().toString().replace(".aot", "-s3.aot"));
        Files.copy(cache, larger); // making it needs the client of S3, which this program has not
        Path config = Files.writeString(directory.resolve("s3.yaml"), "location: s3:https://host/bucket");
        assertThat(cacheOf("version")).isEqualTo(cache);
        assertThat(cacheOf("restic", "-r", "s3:https://host/bucket", "version")).isEqualTo(larger);
        assertThat(cacheOf("version", "--config", config.toString())).isEqualTo(larger);
        assertThat(cacheOf("version", "--config=" + config)).isEqualTo(larger);
        assertThat(cacheOf(Map.of("REPRISE_CONFIG", config.toString()), "version"))
                .isEqualTo(larger);
        assertThat(cacheOf(Map.of("RESTIC_REPOSITORY", "s3:host/bucket"), "restic", "version"))
                .isEqualTo(larger);
    }

    private Path cacheOf(String... arguments) throws Exception {
        return cacheOf(Map.of(), arguments);
    }

    /// The cache of classes that a run is given.
    private Path cacheOf(Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder builder = command(arguments);
        builder.environment().putAll(environment);
        builder.environment().put("REPRISE_JAVA_OPTIONS", "-XX:+PrintFlagsFinal");
        return finish(builder, builder.start())
                .out()
                .lines()
                .filter(line -> line.matches(" *ccstr AOTCache +=.*"))
                .map(line -> Path.of(line.replaceFirst(".*?= *(/.*?) +\\{.*", "$1")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_exit_status_and_names_beyond_ascii_pass_through() throws Exception {
        useBuiltCheckout();
        ProcessBuilder builder = command("config", "check", "-c", "für.yaml");
        builder.environment().put("LC_ALL", "C");
        Result result = finish(builder, builder.start());
        assertThat(result.status()).isEqualTo(20);
        assertThat(result.err()).contains("error: there is no configuration file " + directory.resolve("für.yaml"));
    }

    @Test
    void a_signal_reaches_the_program() throws Exception {
        Path started = directory.resolve("started");
        Path config = Files.writeString(directory.resolve("hang.yaml"), """
                repositories:
                  main: {location: repo, password: {command: "touch '%s'; exec sleep 1000"}}
                sources:
                  up: {kind: files, paths: [/srv]}
                jobs:
                  j: {sources: [up], repository: main}
                """.formatted(started));
        useBuiltCheckout();
        ProcessBuilder builder = command("init", "-c", config.toString());
        Process process = builder.start();
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(started));
        process.destroy();
        assertThat(finish(builder, process).status()).isEqualTo(130);
    }

    @Test
    void a_user_who_may_not_write_needs_a_finished_build() throws Exception {
        assumeThat(System.getProperty("user.name"))
                .as("only root can become somebody else")
                .isEqualTo("root");
        ProcessBuilder nobody = asNobody();
        Result refused = finish(nobody, nobody.start());
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err())
                .isEqualTo("error: this checkout has not been built and cannot be written\nhint:  run " + checkout
                        + "/reprise version once as a user who may write to " + checkout + "\n");
        run("version");
        nobody = asNobody();
        Result worked = finish(nobody, nobody.start());
        assertThat(worked.err()).isEmpty();
        assertThat(worked.out()).startsWith("reprise ");
    }

    private ProcessBuilder asNobody() throws IOException {
        ProcessBuilder builder = command("version");
        builder.command().addAll(0, List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        return builder;
    }

    @Test
    void maven_is_run_on_java_25_from_the_project_root() throws Exception {
        Files.copy(
                Path.of(System.getProperty("reprise.root"), "mvnw"),
                checkout.resolve("mvnw"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        Path bin = Files.createTempDirectory(directory, "bin");
        script(bin.resolve("mvn"), "#!/bin/sh\npwd; echo \"$JAVA_HOME\"; echo \"$MAVEN_OPTS\"; printf '<%s>' \"$@\"\n");
        Result result = maven(Map.of("PATH", bin + ":/usr/bin:/bin", "MAVEN_OPTS", "-Xmx1g"), "-Da=b c", "verify");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .isEqualTo(checkout + "\n" + System.getProperty("java.home")
                        + "\n--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -Xmx1g\n"
                        + "<-Da=b c><verify>");
        for (String tool : List.of("sh", "dirname", "grep", "id")) {
            Path empty = directory.resolve("few-tools");
            Files.createDirectories(empty);
            Files.createSymbolicLink(empty.resolve(tool), Path.of("/usr/bin", tool));
        }
        Result missing = maven(Map.of("PATH", directory.resolve("few-tools").toString()), "verify");
        assertThat(missing.status()).isEqualTo(24);
        assertThat(missing.err()).isEqualTo("mvnw: Maven is missing: install the package maven\n");
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result maven(Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder builder = command(arguments);
        builder.command().set(0, checkout.resolve("mvnw").toString());
        builder.environment().putAll(environment);
        return finish(builder, builder.start());
    }
}
