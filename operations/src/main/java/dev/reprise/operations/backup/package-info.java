/// Backup: file trees and streams become trees of a repository.
///
/// **In:** a [FileTree][dev.reprise.sources.files.FileTree] or streams. **Out:** the id of a root tree and
/// counters.
/// The snapshot is written by the caller, last.
@NullMarked
package dev.reprise.operations.backup;

import org.jspecify.annotations.NullMarked;
