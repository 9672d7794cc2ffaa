package dev.reprise.sources.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Lets root act as somebody with no rights of his own: what a thread may do with files goes by its own file system
/// user in Linux, and with user 0 go the capabilities to override permissions, to give files away and to set their
/// set-id bits (capabilities(7)). So tests of what ordinary users are refused say as much when root runs them.
final class OrdinaryUser {
    private static final int NOBODY = 65534;

    /// Any value that is no user changes nothing and asks who it is now.
    private static final int ASK = -1;

    private static final MethodHandle SETFSUID = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("setfsuid"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private OrdinaryUser() {}

    /// Runs something on a thread that is an ordinary user and owns the folder; on this thread if it is one already.
    /// Whatever it starts as another process is not: programs get their file system user anew.
    static void owning(Path folder, Callable<Void> task) throws Exception {
        if (!Shell.ROOT) {
            task.call();
            return;
        }
        Files.setAttribute(folder, "unix:uid", NOBODY);
        var run = new FutureTask<Void>(() -> {
            become();
            return task.call();
        });
        Thread.ofPlatform().start(run);
        try {
            run.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw (Exception) e.getCause();
        }
    }

    private static void become() throws Exception {
        try {
            int _ = (int) SETFSUID.invokeExact(NOBODY);
            assertThat((int) SETFSUID.invokeExact(ASK)).isEqualTo(NOBODY);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
