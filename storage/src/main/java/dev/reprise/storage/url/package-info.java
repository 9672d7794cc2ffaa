/// Finds the place a repository URL names. Kept apart so that the contract does not know its places; kinds that need a
/// library are modules of their own, and the program puts them in a list.
@NullMarked
package dev.reprise.storage.url;

import org.jspecify.annotations.NullMarked;
