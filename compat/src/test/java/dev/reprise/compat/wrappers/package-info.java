/// Reprise under the name of restic: exit statuses, and programs that were made to start restic.
@NullMarked
package dev.reprise.compat.wrappers;

import org.jspecify.annotations.NullMarked;
