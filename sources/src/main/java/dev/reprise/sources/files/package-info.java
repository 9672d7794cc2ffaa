/// Files and folders: what a directory holds, read and put back with all metadata the platform has.
///
/// **Out:** names, metadata and content. **In, for a restore:** the same. Names and link targets are raw bytes.
/// [FileTree][dev.reprise.sources.files.FileTree] reads; [FileTarget][dev.reprise.sources.files.FileTarget] writes
/// below one folder and never outside it. Both use system calls on Linux and `java.nio` elsewhere.
@NullMarked
package dev.reprise.sources.files;

import org.jspecify.annotations.NullMarked;
