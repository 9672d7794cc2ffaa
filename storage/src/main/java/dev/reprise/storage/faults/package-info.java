/// A wrapper that lets a place fail on demand and remembers what was asked of it, for tests and drills.
///
/// Everything is counted and seeded, never timed: one schedule gives the same failures in every run.
@NullMarked
package dev.reprise.storage.faults;

import org.jspecify.annotations.NullMarked;
