/// Repositories made to do harm, and what becomes of a program with little memory that opens them.
@NullMarked
package dev.reprise.compat.hostile;

import org.jspecify.annotations.NullMarked;
