/// Snapshots: what was saved when, from where (repository format, section 8).
@NullMarked
package dev.reprise.repository.snapshot;

import org.jspecify.annotations.NullMarked;
