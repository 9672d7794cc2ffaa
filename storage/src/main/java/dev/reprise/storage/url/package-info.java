/// Finds the place a repository URL names. Kept apart so that the contract does not know its places.
@NullMarked
package dev.reprise.storage.url;

import org.jspecify.annotations.NullMarked;
