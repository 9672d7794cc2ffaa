/// Real servers that keep objects.
@NullMarked
package dev.reprise.testkit.store;

import org.jspecify.annotations.NullMarked;
