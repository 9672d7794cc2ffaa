/// Trying everything out on this machine: a repository in a scratch folder is made, filled, checked and restored.
///
/// **In:** an empty folder. **Out:** what worked, and how fast hash, cipher and compression are here.
@NullMarked
package dev.reprise.operations.selftest;

import org.jspecify.annotations.NullMarked;
