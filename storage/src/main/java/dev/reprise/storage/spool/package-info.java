/// Objects that are finished before their first byte is sent: places reached over a network want to know name, size or
/// digest at the start, and the name of an object follows from its content.
@NullMarked
package dev.reprise.storage.spool;

import org.jspecify.annotations.NullMarked;
