/// Restore: trees of a repository become files again, planned by pack; or streams, in order.
///
/// **In:** a tree of a repository. **Out:** a folder through
/// [FileTarget][dev.reprise.sources.files.FileTarget], or a
/// stream.
@NullMarked
package dev.reprise.operations.restore;

import org.jspecify.annotations.NullMarked;
