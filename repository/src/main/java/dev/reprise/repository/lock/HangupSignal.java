package dev.reprise.repository.lock;

import java.lang.reflect.InvocationTargetException;

/// restic tests whether the holder of a lock is alive by sending it SIGHUP, so whoever holds a lock must ignore it.
final class HangupSignal {
    private HangupSignal() {}

    /// From now on SIGHUP does nothing to this process. Repeating it is harmless. Where the system has no such signal,
    /// or the virtual machine leaves signals alone (-Xrs), nothing can be done from here.
    ///
    /// Programs started afterwards inherit it, so a dump that runs for us survives a closed terminal as we do.
    ///
    /// By reflection, because the compiler cannot be told that `sun.misc.Signal` is meant; the JDK exports it for
    /// this use (JEP 260).
    static void ignore() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object hangup = signal.getConstructor(String.class).newInstance("HUP");
            signal.getMethod("handle", signal, handler)
                    .invoke(null, hangup, handler.getField("SIG_IGN").get(null));
        } catch (InvocationTargetException notPossibleHere) {
            return;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JDK has no sun.misc.Signal", e);
        }
    }
}
