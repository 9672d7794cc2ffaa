/// What some places can do beside the [contract][dev.reprise.storage.Storage]: keep objects against
/// everybody for a time, and be asked whether they really do.
@NullMarked
package dev.reprise.storage.immutability;

import org.jspecify.annotations.NullMarked;
