package dev.reprise.repository.crypto;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.Key;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Poly1305 by the class behind the JDK's ChaCha20-Poly1305, for which the compiler has vector instructions: more
/// than five times as fast as [Poly1305], measured with AVX-512.
///
/// The class is internal. The main jar's manifest opens its package (`Add-Opens`); where that is missing, where the
/// class has changed or computes something else, [#isUsable()] is false. As the compiled code differs from the
/// code that passed that test, one tag in [#CHECKED_EVERY] is computed both ways.
final class JdkPoly1305 implements Tagger {
    private static final String CLASS = "com.sun.crypto.provider.Poly1305";
    /// Long calls would stay in the slow loop until they return; slices let the compiled body in.
    private static final int SLICE_BYTES = 8 * 1024;

    private static final int CHECKED_EVERY = 256;
    private static final int KEY_BYTES = 16;

    private static final @Nullable Methods METHODS = find();
    private static final boolean USABLE = METHODS != null && isRight(METHODS);

    /// All with `Object` for the class that cannot be named.
    private record Methods(MethodHandle create, MethodHandle init, MethodHandle update, MethodHandle finish) {}

    /// `r` and `s`, one after the other, as the class wants them.
    private static final class RawKey implements Key {
        private static final long serialVersionUID = 1;
        private final byte[] bytes = new byte[2 * KEY_BYTES];

        @Override
        public String getAlgorithm() {
            return "Poly1305";
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return bytes.clone();
        }
    }

    private final Methods methods;
    private final Object jdk;
    private final Poly1305 own;
    private final RawKey key = new RawKey();
    private final byte[] ownTag = new byte[TAG_BYTES];
    private int tags;

    /// @param r 16 bytes
    /// @throws IllegalStateException if not [#isUsable()]
    JdkPoly1305(byte[] r) {
        this(METHODS, r);
    }

    private JdkPoly1305(@Nullable Methods methods, byte[] r) {
        if (methods == null) {
            throw new IllegalStateException(CLASS + " cannot be used");
        }
        this.methods = methods;
        own = new Poly1305(r);
        System.arraycopy(r, 0, key.bytes, 0, KEY_BYTES);
        try {
            jdk = methods.create.invokeExact(false);
        } catch (Throwable e) {
            throw new IllegalStateException(CLASS + " cannot be made", e);
        }
    }

    static boolean isUsable() {
        return USABLE;
    }

    @Override
    public void tag(byte[] message, int offset, int length, byte[] s, byte[] tag, int tagOffset) {
        System.arraycopy(s, 0, key.bytes, KEY_BYTES, KEY_BYTES);
        byte[] computed = compute(message, offset, length);
        if (tags++ % CHECKED_EVERY == 0) {
            own.tag(message, offset, length, s, ownTag, 0);
            if (!Arrays.equals(computed, ownTag)) {
                throw new IllegalStateException(
                        "two ways to compute the authentication code of %d bytes disagree: test the memory"
                                .formatted(length));
            }
        }
        System.arraycopy(computed, 0, tag, tagOffset, TAG_BYTES);
    }

    private byte[] compute(byte[] message, int offset, int length) {
        try {
            methods.init.invokeExact(jdk, (Key) key, (AlgorithmParameterSpec) null);
            for (int done = 0; done < length; done += SLICE_BYTES) {
                methods.update.invokeExact(jdk, message, offset + done, Math.min(SLICE_BYTES, length - done));
            }
            return (byte[]) methods.finish.invokeExact(jdk);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(CLASS + " refused its key", e);
        }
    }

    private static @Nullable Methods find() {
        try {
            Class<?> type = Class.forName(CLASS);
            var lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            return new Methods(
                    lookup.findConstructor(type, MethodType.methodType(void.class, boolean.class))
                            .asType(MethodType.methodType(Object.class, boolean.class)),
                    method(lookup, type, "engineInit", void.class, Key.class, AlgorithmParameterSpec.class),
                    method(lookup, type, "engineUpdate", void.class, byte[].class, int.class, int.class),
                    method(lookup, type, "engineDoFinal", byte[].class));
        } catch (ReflectiveOperationException | RuntimeException _) {
            return null; // another JDK, or the package is closed
        }
    }

    private static MethodHandle method(
            MethodHandles.Lookup lookup, Class<?> type, String name, Class<?> result, Class<?>... parameters)
            throws ReflectiveOperationException {
        MethodHandle method = lookup.findVirtual(type, name, MethodType.methodType(result, parameters));
        return method.asType(method.type().changeParameterType(0, Object.class));
    }

    /// Compares with our own code: nothing, less than a block, blocks, and sums with every carry.
    private static boolean isRight(Methods methods) {
        byte[] r = pattern(KEY_BYTES, 37);
        byte[] s = pattern(KEY_BYTES, 91);
        byte[] found = new byte[TAG_BYTES];
        byte[] expected = new byte[TAG_BYTES];
        byte[] ones = new byte[400];
        Arrays.fill(ones, (byte) 0xff);
        try {
            var jdk = new JdkPoly1305(methods, r);
            for (byte[] message : new byte[][] {new byte[0], pattern(15, 7), pattern(16, 11), pattern(399, 3), ones}) {
                jdk.tag(message, 0, message.length, s, found, 0);
                new Poly1305(r).tag(message, 0, message.length, s, expected, 0);
                if (!Arrays.equals(found, expected)) {
                    return false;
                }
            }
            return true;
        } catch (RuntimeException _) {
            return false;
        }
    }

    private static byte[] pattern(int length, int factor) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (factor * (i + 1));
        }
        return bytes;
    }
}
