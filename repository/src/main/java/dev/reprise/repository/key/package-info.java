/// Key files: a password opens the master key (repository format, section 2.2).
@NullMarked
package dev.reprise.repository.key;

import org.jspecify.annotations.NullMarked;
