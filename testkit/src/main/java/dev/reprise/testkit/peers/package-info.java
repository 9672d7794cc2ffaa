/// Programs of others, fetched on first use.
@NullMarked
package dev.reprise.testkit.peers;

import org.jspecify.annotations.NullMarked;
