package dev.reprise.storage.faults;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Which operations are met, and what happens to them.
public final class FaultRule {
    private final Set<Operation> operations;
    private final long first;
    private final long last;
    private final double share;
    private final Consumer<FaultStep> action;
    private final Runnable end;
    private final AtomicLong seen = new AtomicLong();

    private FaultRule(Choice choice, Consumer<FaultStep> action, Runnable end) {
        this.operations = choice.operations;
        this.first = choice.first;
        this.last = choice.last;
        this.share = choice.share;
        this.action = action;
        this.end = end;
    }

    boolean applies(Operation operation, Random random) {
        if (!operations.contains(operation)) {
            return false;
        }
        long number = seen.incrementAndGet();
        return number >= first && number <= last && (share == 1 || random.nextDouble() < share);
    }

    void act(FaultStep step) {
        action.accept(step);
    }

    void end() {
        end.run();
    }

    /// A rule being written down. Belongs to one thread; every occurrence is meant until narrowed.
    public static final class Choice {
        private final Set<Operation> operations;
        private final Consumer<FaultRule> add;
        private long first = 1;
        private long last = Long.MAX_VALUE;
        private double share = 1;

        Choice(Set<Operation> operations, Consumer<FaultRule> add) {
            this.operations = operations;
            this.add = add;
        }

        /// Only the `n`-th occurrence from now on, counted from 1.
        public Choice nth(long n) {
            first = n;
            last = n;
            return this;
        }

        /// The `n`-th occurrence from now on and all later ones: the place has died.
        public Choice from(long n) {
            first = n;
            last = Long.MAX_VALUE;
            return this;
        }

        /// Only this share of them, from 0 to 1, as chance has it: a storm.
        public Choice sometimes(double share) {
            this.share = share;
            return this;
        }

        /// Nothing is done, and the operation fails.
        public void fail(StorageException.Kind kind) {
            add(step -> {
                throw step.failure(kind);
            });
        }

        /// The operation is done, but its answer is lost: the caller sees a failure.
        public void failAfterwards(StorageException.Kind kind) {
            add(step -> step.failAfterwards(kind));
        }

        /// A body that is read, or a piece that is written, ends early without an error.
        public void cut() {
            add(FaultStep::cut);
        }

        /// A body that is read breaks off with an error; the operation is unreachable then.
        public void sever() {
            add(FaultStep::sever);
        }

        /// A listing names some objects twice.
        public void duplicate() {
            add(FaultStep::duplicate);
        }

        /// A listing comes in another order each time.
        public void reorder() {
            add(FaultStep::reorder);
        }

        /// A listing breaks off with an error after some objects were named.
        public void breakOff() {
            add(FaultStep::breakOff);
        }

        /// A listing leaves an object out: it is listed late.
        public void hide(ObjectKey key) {
            add(step -> step.hide(key));
        }

        /// One bit of the body that is read, or of the piece that is written, is wrong.
        public void flip() {
            add(FaultStep::flip);
        }

        /// Every such operation takes longer.
        ///
        /// @param pause how to wait; a test gives its own clock
        public void slow(Duration duration, Consumer<Duration> pause) {
            add(step -> pause.accept(duration));
        }

        /// The operation does not begin before [Freeze#thaw()].
        public Freeze freeze() {
            var freeze = new Freeze();
            add.accept(new FaultRule(this, step -> freeze.reached(), freeze::thaw));
            return freeze;
        }

        private void add(Consumer<FaultStep> action) {
            add.accept(new FaultRule(this, action, () -> {}));
        }
    }
}
