/// Sealing and opening bytes: AES-256-CTR with Poly1305-AES, and scrypt (repository format, section 2).
///
/// **In:** plaintext and a key. **Out:** `IV (16) || ciphertext || MAC (16)`, and back.
@NullMarked
package dev.reprise.repository.crypto;

import org.jspecify.annotations.NullMarked;
