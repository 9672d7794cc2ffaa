package dev.reprise.serve;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/// Passwords as `htpasswd -B` stores them: bcrypt, in its forms `$2a$`, `$2b$` and `$2y$`, which are the same for
/// passwords as they occur.
final class Bcrypt {
    /// Of a hash: `$2y$10$` and 53 characters.
    private static final int LENGTH = 60;

    /// Minutes of work for one password are a mistake or an attack.
    private static final int HIGHEST_COST = 16;

    private static final int LOWEST_COST = 4;

    private Bcrypt() {}

    /// Whether this is a hash this class can check.
    static boolean isHash(String text) {
        if (text.length() != LENGTH || !text.matches("\\$2[aby]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}")) {
            return false;
        }
        int cost = Integer.parseInt(text.substring(4, 6));
        return cost >= LOWEST_COST && cost <= HIGHEST_COST;
    }

    /// Takes about 50 ms at cost 10, twice as long at each higher one.
    ///
    /// @param hash one [#isHash] accepts
    static boolean matches(String hash, String password) {
        return OpenBSDBCrypt.checkPassword(hash, password.getBytes(StandardCharsets.UTF_8));
    }
}
