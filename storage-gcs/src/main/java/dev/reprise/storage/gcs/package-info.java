/// Repositories in Google Cloud Storage, over its JSON interface (repository format, section 1.4
/// for the keys of objects).
///
/// Six requests are enough for a repository; they go over the JDK's HTTP client. Creating an
/// object is refused by the service when it exists (`ifGenerationMatch=0`), and an upload whose
/// checksum differs leaves nothing.
@NullMarked
package dev.reprise.storage.gcs;

import org.jspecify.annotations.NullMarked;
