/// Check: is what snapshots need there, and is it whole?
@NullMarked
package dev.reprise.operations.check;

import org.jspecify.annotations.NullMarked;
