/// Content-defined chunking, exactly restic's (repository format, section 4).
///
/// **In:** bytes and a polynomial. **Out:** where chunks end.
@NullMarked
package dev.reprise.repository.chunk;

import org.jspecify.annotations.NullMarked;
