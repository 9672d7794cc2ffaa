/// Random histories on one repository, written by Reprise and stock restic in turns, killed and frozen on the way.
@NullMarked
package dev.reprise.compat.campaign;

import org.jspecify.annotations.NullMarked;
