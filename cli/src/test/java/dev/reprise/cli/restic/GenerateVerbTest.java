package dev.reprise.cli.restic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.CommandContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateVerbTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        var context = new CommandContext(
                Map.of(),
                folder,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                InstantSource.system(),
                ZoneOffset.UTC,
                SecureRandom::new);
        return new ResticCli(ResticVerbs.standard(), context).run(List.of(arguments));
    }

    @Test
    void bash_completes_verbs_and_flags() throws IOException, InterruptedException {
        assertThat(run("generate", "--bash-completion", "restic.bash")).isZero();

        assertThat(completions("restic", "snap")).containsExactly("snapshots");
        assertThat(completions("restic", "snapshots", "--comp")).contains("--compact");
    }

    /// What bash itself offers after reading the script.
    private List<String> completions(String... words) throws IOException, InterruptedException {
        String script = """
                source restic.bash
                COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE="${COMP_WORDS[*]}"
                _complete_restic
                printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(String.join(" ", words), words.length - 1);
        Process bash = new ProcessBuilder("bash", "-c", script)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).isZero();
        return printed.lines().map(String::strip).toList();
    }

    @Test
    void other_shells_learn_the_same_verbs() throws IOException {
        assertThat(run(
                        "generate",
                        "-q",
                        "--fish-completion",
                        "f",
                        "--powershell-completion",
                        "p",
                        "--zsh-completion",
                        "-"))
                .isZero();

        assertThat(Files.readString(folder.resolve("f")))
                .contains("complete -c restic -n '__restic_at' -a snapshots")
                .contains("complete -c restic -n '__restic_at snapshots' -s c -l compact")
                .doesNotContain("reprise");
        assertThat(Files.readString(folder.resolve("p")))
                .contains("-CommandName 'restic'")
                .containsPattern("'' = @\\(.*'snapshots'")
                .containsPattern("'key add' = @\\(.*'--user'");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("bashcompinit", "snapshots");
    }

    @Test
    void every_verb_has_a_manual_page() throws IOException {
        assertThat(run("generate", "--man", "man")).isZero();

        assertThat(folder.resolve("man/restic.1")).exists();
        assertThat(folder.resolve("man/restic-key-add.1")).exists();
        assertThat(Files.readString(folder.resolve("man/restic-ls.1")))
                .contains("restic\\-ls \\- list files in a snapshot", "\\-\\-human\\-readable");
        assertThat(ResticVerbs.standard().names())
                .allSatisfy(words -> assertThat(folder.resolve("man/restic-" + words.replace(' ', '-') + ".1"))
                        .exists());
    }

    @Test
    void help_names_every_verb_once() {
        assertThat(run("help")).isZero();

        List<String> listed = out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("  ") && !line.startsWith("  restic"))
                .map(line -> line.strip().split(" ", 2)[0])
                .toList();
        assertThat(listed).doesNotHaveDuplicates().contains("help", "key", "snapshots");
        assertThat(ResticVerbs.standard().names())
                .allSatisfy(words -> assertThat(listed).contains(words.split(" ", 2)[0]));
    }

    @Test
    void without_anything_to_do_it_fails() {
        assertThat(run("generate")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Fatal: nothing to do, please specify");
    }
}
