package dev.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.json.JsonMapper;

class SchemasTest {
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Schemas.text(), InputFormat.JSON);

    /// What an editor would underline.
    private static List<String> errors(String yaml) {
        Object document =
                new Load(LoadSettings.builder().setSchema(new CoreSchema()).build()).loadFromString(yaml);
        return SCHEMA.validate(new JsonMapper().writeValueAsString(document), InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void the_example_is_valid() {
        assertThat(errors(Example.text())).isEmpty();
    }

    @Test
    void the_schema_itself_is_valid() {
        Schema meta = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertThat(meta.validate(Schemas.text(), InputFormat.JSON)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind: postgres|kind: postgresql",
                "exclude-caches: true|exclude-caches: maybe",
                "paths: [/srv/app/uploads]|paths: []",
                "repository: main|repositories: []",
                "repository: main|repositry: main",
                "keep-daily: 7|keep-daily: seven",
                "file: /etc/reprise/password|file: /etc/reprise/password\n      env: X",
                "location: /srv/backup/reprise|locatoin: /srv/backup/reprise",
            })
    void what_the_reader_refuses_the_schema_refuses(String change) {
        String[] fromTo = change.split("\\|", -1);
        String wrong = Example.text().replace(fromTo[0], fromTo[1]);
        assertThat(wrong).isNotEqualTo(Example.text());
        assertThat(errors(wrong)).isNotEmpty();
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> ConfigReader.read(wrong, "x", java.nio.file.Path.of("/"))))
                .isInstanceOf(ConfigException.class);
    }
}
