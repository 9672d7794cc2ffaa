/// Keeps a place from being asked for too much at a time.
@NullMarked
package dev.reprise.storage.limit;

import org.jspecify.annotations.NullMarked;
