/// Can we recover, to when, and how long does it take: comparisons and the state of every source.
///
/// **May use:** `operations` and what it uses. Never prints.
@NullMarked
package dev.reprise.recovery;

import org.jspecify.annotations.NullMarked;
