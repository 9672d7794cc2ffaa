/// PostgreSQL, logically: globals plus one custom-format dump per database, streamed.
@NullMarked
package dev.reprise.sources.postgres;

import org.jspecify.annotations.NullMarked;
