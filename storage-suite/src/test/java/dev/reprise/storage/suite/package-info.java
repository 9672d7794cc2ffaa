/// The suite run on the places and wrappers that need no server.
@NullMarked
package dev.reprise.storage.suite;

import org.jspecify.annotations.NullMarked;
