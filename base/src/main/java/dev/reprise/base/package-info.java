/// Words and tools without decisions: sizes, failures and exit statuses, clocks, bounded concurrency.
///
/// **In:** nothing of ours. **May use:** the JDK and JSpecify only. **Used by:** everything.
@NullMarked
package dev.reprise.base;

import org.jspecify.annotations.NullMarked;
