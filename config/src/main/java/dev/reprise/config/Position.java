package dev.reprise.config;

import org.snakeyaml.engine.v2.nodes.Node;

/// A place in a configuration.
///
/// @param file   as shown to people
/// @param line   from 1
/// @param column from 1
record Position(String file, int line, int column) {
    static Position of(String file, Node node) {
        return node.getStartMark()
                .map(mark -> new Position(file, mark.getLine() + 1, mark.getColumn() + 1))
                .orElseGet(() -> new Position(file, 1, 1));
    }

    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
