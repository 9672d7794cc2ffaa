package dev.reprise.operations.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.RepositoryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HashedStreamTest {
    private static final byte[] CONTENT = "one two".getBytes(StandardCharsets.UTF_8);

    private static HashedStream of(String content) {
        return new HashedStream(
                new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), ObjectId.hash(CONTENT), "stream x");
    }

    @Test
    void gives_what_hashes_to_what_was_captured() throws IOException {
        try (HashedStream stream = of("one two")) {
            assertThat(stream.read()).isEqualTo('o');
            assertThat(stream.skip(2)).isEqualTo(2);
            assertThat(stream.readAllBytes()).isEqualTo(" two".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void refuses_the_end_of_anything_else() {
        assertThatThrownBy(() -> of("two one").readAllBytes())
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("stream x is damaged: its content hashes to");
    }
}
