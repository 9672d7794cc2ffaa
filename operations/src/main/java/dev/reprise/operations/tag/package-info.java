/// Changing the tags of snapshots (repository format, section 10.4).
///
/// **In:** snapshots and the tags to set, add and remove. **Out:** a plan of replacements; see
/// [dev.reprise.operations.rewrite.Replacement] for how it is carried out.
@NullMarked
package dev.reprise.operations.tag;

import org.jspecify.annotations.NullMarked;
