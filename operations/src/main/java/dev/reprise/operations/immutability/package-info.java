/// Whether backups are safe from those who hold the credentials that wrote them: places are
/// attacked on purpose, what came of it is remembered, and objects that recovery points need are
/// kept for longer.
@NullMarked
package dev.reprise.operations.immutability;

import org.jspecify.annotations.NullMarked;
