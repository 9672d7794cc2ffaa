@NullMarked
package dev.reprise.repository.chunk;

import org.jspecify.annotations.NullMarked;
