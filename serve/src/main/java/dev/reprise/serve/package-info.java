/// A server of restic's REST protocol (repository format, section 1.5): other machines keep their repositories here.
///
/// **In:** HTTP requests. **Out:** objects of local repositories. **May use:** `storage`, `base`. **Never:** a key of a
/// repository, or the meaning of what it keeps.
@NullMarked
package dev.reprise.serve;

import org.jspecify.annotations.NullMarked;
