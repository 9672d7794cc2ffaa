/// Wiring and `main`: the only package that knows every concrete class, the real clock and the real streams.
///
/// **May use:** everything. **Used by:** nobody.
@NullMarked
package dev.reprise.app;

import org.jspecify.annotations.NullMarked;
