/// Proof that stock restic and Reprise share repositories: each reads, checks and extends what the other wrote.
@NullMarked
package dev.reprise.compat;

import org.jspecify.annotations.NullMarked;
