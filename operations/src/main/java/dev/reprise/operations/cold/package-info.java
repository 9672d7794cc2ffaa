/// Storage classes: what lies where and costs what, moving old data to a colder class, and
/// bringing back what a restore needs from an archive.
///
/// Metadata (packs with trees, index, snapshots, keys) is never moved: without it no plan could
/// be made.
@NullMarked
package dev.reprise.operations.cold;

import org.jspecify.annotations.NullMarked;
