/// Repositories in Azure Blob Storage, over its REST interface (repository format, section 1.4 for the names).
///
/// Seven requests are enough for a repository; they go over the JDK's HTTP client and are signed here. A blob is
/// created only if none of its name exists (`If-None-Match: *`); the service compares an MD5 sum before it shows one.
@NullMarked
package dev.reprise.storage.azure;

import org.jspecify.annotations.NullMarked;
