/// Repositories on a host reached over SSH (repository format, section 1.3).
///
/// **In:** objects. **Out:** read-only files under their final names in restic's layout. The
/// connection is OpenSSH's `ssh` in a process of its own, as restic starts it, so the user's
/// keys, agent, `~/.ssh/config`, jump hosts and known hosts count; over its pipes this package
/// speaks version 3 of the SFTP protocol with many requests under way.
@NullMarked
package dev.reprise.storage.sftp;

import org.jspecify.annotations.NullMarked;
