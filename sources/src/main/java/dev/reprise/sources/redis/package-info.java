/// Redis and Valkey: an RDB taken over the replication protocol, and put back as a data directory that loads.
///
/// **Out:** `dump.rdb`, byte for byte as the server sends it to a replica, checked while it passes; `acl.txt` (the
/// answer to `ACL LIST`, with hashes of passwords) and `config.json` (`CONFIG GET *` without passwords) where the
/// user may read them. **In, for a restore:** `dump.rdb`, and `acl.txt` on request.
///
/// Our own small client speaks the replication stream, which ordinary clients do not expose. Facts: redis.io,
/// "Replication internals" and the format of `rdb.h`.
@NullMarked
package dev.reprise.sources.redis;

import org.jspecify.annotations.NullMarked;
