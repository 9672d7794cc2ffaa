/// Bytes handed from one thread to another inside a source. **May use:** the JDK only.
@NullMarked
package dev.reprise.sources.pipe;

import org.jspecify.annotations.NullMarked;
