/// A repository's snapshots as a read-only file system, laid out as restic's `mount` does.
///
/// **May use:** `operations` and what it uses, and [dev.reprise.mount.fuse]. Reports through a listener; never prints.
@NullMarked
package dev.reprise.mount;

import org.jspecify.annotations.NullMarked;
