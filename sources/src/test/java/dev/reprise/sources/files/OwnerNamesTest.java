package dev.reprise.sources.files;

import static dev.reprise.sources.files.Shell.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerNamesTest {
    private static final String PASSWD = """
            # comment:x:1:1:a:b:c
            root:x:0:0:root:/root:/bin/bash
            first:x:7:7::/:/bin/sh
            second:x:7:7::/:/bin/sh
            +nis:x:8:8::/:/bin/sh
            -not:x:8:8::/:/bin/sh
            short:x:9
            :x:10:10::/:/bin/sh
            text:x:eleven:11::/:/bin/sh
              jürgen:x:4294967294:12::/:/bin/sh
            """;

    private static OwnerNames names(Path folder, String script) throws Exception {
        Path database = Files.writeString(folder.resolve("passwd"), PASSWD);
        Path program = Files.writeString(folder.resolve("ask"), script);
        return new OwnerNames(database, 6, List.of("sh", program.toString(), folder.toString()));
    }

    @Test
    void the_first_valid_line_of_a_number_counts(@TempDir Path folder) throws Exception {
        OwnerNames names = names(folder, "exit 2");
        assertThat(List.of(names.name(0), names.name(7), names.name(4294967294L)))
                .containsExactly("root", "first", "jürgen");
        for (long none : new long[] {1, 8, 9, 10, 11, 12}) {
            assertThat(names.name(none)).as("number %d", none).isEmpty();
        }
    }

    @Test
    void others_are_asked_for_once_and_unknown_ones_too(@TempDir Path folder) throws Exception {
        OwnerNames names =
                names(folder, "echo $2 >> $1/asked; [ $2 = 500 ] && echo 'ldap:*:500:500:x:/:/bin/sh'; [ $2 = 500 ]");
        assertThat(names.name(500)).isEqualTo("ldap");
        assertThat(names.name(500)).isEqualTo("ldap");
        assertThat(names.name(501)).isEmpty();
        assertThat(names.name(501)).isEmpty();
        assertThat(run(folder, "cat asked")).isEqualTo("500\n501");
    }

    @Test
    void an_answer_for_another_number_is_not_believed(@TempDir Path folder) throws Exception {
        assertThat(names(folder, "echo 'other:*:600:600:x:/:/bin/sh'").name(500))
                .isEmpty();
    }

    @Test
    void a_missing_database_and_program_give_no_names(@TempDir Path folder) {
        var names = new OwnerNames(folder.resolve("none"), 6, List.of(folder + "/no-such-program"));
        assertThat(names.name(0)).isEmpty();
        assertThat(names.name(1)).isEmpty();
    }
}
