package dev.reprise.sources.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Renamings within one file system that can be taken back. Belongs to one thread.
final class Moves {
    private record Move(Path from, Path to) {}

    private final Deque<Move> done = new ArrayDeque<>();

    /// @throws IOException if there is something at `to`, which is never overwritten
    void move(Path from, Path to) throws IOException {
        Files.move(from, to);
        done.push(new Move(from, to));
    }

    /// Takes back as much as can be, the last move first.
    ///
    /// @return what could not be, and why; empty if everything is where it was
    List<String> undo() {
        var stuck = new ArrayList<String>();
        while (!done.isEmpty()) {
            Move move = done.pop();
            try {
                Files.move(move.to(), move.from());
            } catch (IOException e) {
                stuck.add(move.to() + " (" + e + ")");
            }
        }
        return stuck;
    }
}
