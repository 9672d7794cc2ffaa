/// Include and exclude patterns with restic's meaning (repository format, section 11.4).
@NullMarked
package dev.reprise.operations.filter;

import org.jspecify.annotations.NullMarked;
