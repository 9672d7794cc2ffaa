/// One package per verb, joining sources and repositories. The only layer that knows both.
///
/// **May use:** `repository`, `sources` and what they use. Reports through listeners; never prints.
@NullMarked
package dev.reprise.operations;

import org.jspecify.annotations.NullMarked;
