/// The state of every source of a job: newest point, exposure, what is missing.
@NullMarked
package dev.reprise.recovery.status;

import org.jspecify.annotations.NullMarked;
