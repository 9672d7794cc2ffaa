/// Keeps transfers from taking a whole line, at all times or by the time of day.
@NullMarked
package dev.reprise.storage.rate;

import org.jspecify.annotations.NullMarked;
