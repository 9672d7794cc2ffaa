/// Files and folders of a snapshot as plain streams: content, tar, zip.
///
/// **In:** a root tree and a path in it. **Out:** bytes. **May use:** `browse`, `artifacts`, `restore`.
@NullMarked
package dev.reprise.operations.dump;

import org.jspecify.annotations.NullMarked;
