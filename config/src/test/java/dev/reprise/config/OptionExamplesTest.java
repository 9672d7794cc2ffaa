package dev.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

class OptionExamplesTest {
    static Stream<Arguments> options() {
        return Stream.of(
                        RootOptions.SECTION,
                        RepositoryOptions.SECTION,
                        SourceOptions.FILES,
                        SourceOptions.POSTGRES,
                        SourceOptions.REDIS,
                        JobOptions.SECTION,
                        RetentionOptions.SECTION,
                        ExportOptions.SECTION)
                .flatMap(section -> section.options().stream()
                        .map(option -> Arguments.of(section.name() + "." + option.key(), option)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("options")
    void every_example_is_accepted_and_every_help_is_one_sentence(String name, Option<?> option) {
        Node node = new Compose(
                        LoadSettings.builder().setSchema(new CoreSchema()).build())
                .composeString(option.example())
                .orElseThrow();
        var reading = new Reading("example", Path.of("/"), new Problems(), new ArrayList<>());
        assertThat(option.type().read(node, name, reading)).isNotNull();
        assertThat(reading.problems().lines()).isEmpty();
        assertThat(option.help()).matches("[A-Z].*[^.]");
    }
}
