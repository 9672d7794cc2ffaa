package dev.reprise.sources.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PortableFileTreeTest implements FileTreeContract {
    @Override
    public FileTree tree() {
        return new PortableFileTree();
    }

    @Test
    void it_says_that_it_is_not_complete() {
        assertThat(tree().complete()).isFalse();
    }
}
