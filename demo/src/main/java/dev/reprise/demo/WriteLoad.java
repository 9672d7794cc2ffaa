package dev.reprise.demo;

import dev.reprise.base.CancelledException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One thread that writes to one part of the stack, a little all the time, until stopped.
final class WriteLoad implements AutoCloseable {
    private static final int PAUSE_MILLIS = 25;

    /// Makes one numbered write and returns when it is confirmed.
    interface Writer {
        void write(int number) throws Exception;
    }

    private final Ledger ledger;
    private final Writer writer;
    private final Thread thread;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    private WriteLoad(String name, Ledger ledger, Writer writer) {
        this.ledger = ledger;
        this.writer = writer;
        this.thread = Thread.ofPlatform().daemon().name("load-" + name).unstarted(this::loop);
    }

    static WriteLoad start(String name, Ledger ledger, Writer writer) {
        var load = new WriteLoad(name, ledger, writer);
        load.thread.start();
        return load;
    }

    private void loop() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                writer.write(ledger.next());
                ledger.confirm();
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            failure.set(e);
        }
    }

    /// @throws IllegalStateException if the load ended by itself: then the demonstration shows nothing
    void ensureRunning() {
        Exception e = failure.get();
        if (e != null) {
            throw new IllegalStateException(thread.getName() + " ended: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("stopping the write load");
        }
    }
}
