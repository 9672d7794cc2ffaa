/// Small JSON documents that sources store beside their data. **May use:** the JSON parser only.
@NullMarked
package dev.reprise.sources.json;

import org.jspecify.annotations.NullMarked;
