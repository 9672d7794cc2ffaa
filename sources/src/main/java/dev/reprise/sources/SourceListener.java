package dev.reprise.sources;

/// Everything a source reports while it works. Called from any thread; must return quickly and must not throw.
@FunctionalInterface
public interface SourceListener {
    SourceListener SILENT = _ -> {};

    void on(SourceEvent event);

    sealed interface SourceEvent {
        /// A stream was begun: `db/app.dump`.
        record StreamStarted(String path) implements SourceEvent {}

        /// Bytes of the current stream that went by so far.
        record StreamProgress(String path, long bytes) implements SourceEvent {}

        /// Something the operator should know that does not make the capture wrong.
        record Warning(String fact) implements SourceEvent {}

        /// A step of a restore was begun.
        record Step(String what) implements SourceEvent {}
    }
}
