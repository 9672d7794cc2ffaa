package dev.reprise.operations.backup;

/// Something unfinished that is done piece by piece. At any time it lies on the stack, or one thread has it; whoever
/// gives it back may still be busy with the piece it took.
sealed interface Work permits DirectoryWork, FileWork {
    /// Takes the next piece, pushes the rest back for others, then does the piece.
    void step(Worker worker);
}
