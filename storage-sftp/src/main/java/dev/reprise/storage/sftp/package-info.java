/// Repositories on a host reached over SSH (repository format, section 1.3).
@NullMarked
package dev.reprise.storage.sftp;

import org.jspecify.annotations.NullMarked;
