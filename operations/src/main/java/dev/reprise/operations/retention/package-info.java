/// Which snapshots a policy keeps, why, and removing the others (repository format, sections 8.2 and 10.1).
///
/// **In:** snapshots and a policy. **Out:** a plan that names every decision; carrying it out removes
/// exactly what the plan names.
@NullMarked
package dev.reprise.operations.retention;

import org.jspecify.annotations.NullMarked;
