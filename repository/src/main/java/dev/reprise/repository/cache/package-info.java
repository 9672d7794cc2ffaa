/// Folders of this machine where something is kept to save work, one for each repository (repository format, section
/// 10.5). Everything in them can be removed at any time.
///
/// **In:** a place, ids of repositories. **Out:** private folders, and which of them are old.
@NullMarked
package dev.reprise.repository.cache;

import org.jspecify.annotations.NullMarked;
