/// Removing what no snapshot needs any more (repository format, section 10.2).
///
/// **In:** a repository under an exclusive lock. **Out:** a plan that names every pack it will touch;
/// carrying it out follows exactly that plan, in an order that leaves a whole repository whenever it is cut
/// short: new packs, their index, the index without the old packs, and last the old packs. With two phases
/// the old packs are not removed but listed in the index as rustic does it, and removed by a later prune
/// (repository format, section 13).
///
/// Memory is bounded: what is known of blobs goes through an external sort, only packs and trees are kept.
@NullMarked
package dev.reprise.operations.prune;

import org.jspecify.annotations.NullMarked;
