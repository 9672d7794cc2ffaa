/// Redis and Valkey: an RDB taken over the replication protocol, and put back as a data directory that loads.
///
/// **Out:** `dump.rdb`, byte for byte as the server sends it to a replica, checked while it passes; `acl.txt` (the
/// answer to `ACL LIST`, with hashes of passwords) and `config.json` (`CONFIG GET *` without passwords) where the
/// user may read them. **In, for a restore:** `dump.rdb`, and `acl.txt` on request.
///
/// Verified against Redis 7.0 (in every build), Redis 8.0 and Valkey 9.1 (by hand, with expiries of hash fields and
/// vector sets). Captures of Valkey 9 are in its own numbering and load in Valkey 9 and newer.
///
/// Our own small client speaks the replication stream, which ordinary clients do not expose. Facts: redis.io,
/// "Replication internals" and the format of `rdb.h`.
@NullMarked
package dev.reprise.sources.redis;

import org.jspecify.annotations.NullMarked;
