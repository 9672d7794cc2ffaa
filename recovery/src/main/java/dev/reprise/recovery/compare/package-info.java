/// Compares what was recorded at backup time with what a restore brought back.
@NullMarked
package dev.reprise.recovery.compare;

import org.jspecify.annotations.NullMarked;
