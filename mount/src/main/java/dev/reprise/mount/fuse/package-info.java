/// The kernel's side of a file system in user space (FUSE): mounting, and answering the kernel's requests. Knows
/// nothing of repositories.
///
/// Source: Linux's `include/uapi/linux/fuse.h`, protocol 7.23 to 7.31, which is the same on every 64-bit
/// architecture; and `fusermount3`'s way of handing over a descriptor. Names are bytes throughout.
///
/// **May use:** `base`.
@NullMarked
package dev.reprise.mount.fuse;

import org.jspecify.annotations.NullMarked;
