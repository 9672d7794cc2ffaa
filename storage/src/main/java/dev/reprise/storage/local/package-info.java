/// A repository in a directory of the local file system, laid out as restic does (repository format, 1.1, 1.2).
///
/// **In:** objects. **Out:** read-only files under their final names, durable once committed. A directory that is
/// itself missing (an unmounted disk) is an error, never an empty repository.
@NullMarked
package dev.reprise.storage.local;

import org.jspecify.annotations.NullMarked;
