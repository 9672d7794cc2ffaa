/// Objects in memory, for tests and rehearsals.
@NullMarked
package dev.reprise.storage.memory;

import org.jspecify.annotations.NullMarked;
