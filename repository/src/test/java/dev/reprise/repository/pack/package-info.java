@NullMarked
package dev.reprise.repository.pack;

import org.jspecify.annotations.NullMarked;
