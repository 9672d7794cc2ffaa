/// Repeats what a place could not do for the moment.
@NullMarked
package dev.reprise.storage.retry;

import org.jspecify.annotations.NullMarked;
