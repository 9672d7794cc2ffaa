/// The vendor's own emulator of Azure Blob Storage, fetched once and run as a process.
@NullMarked
package dev.reprise.testkit.azure;

import org.jspecify.annotations.NullMarked;
