@NullMarked
package dev.reprise.repository.index;

import org.jspecify.annotations.NullMarked;
