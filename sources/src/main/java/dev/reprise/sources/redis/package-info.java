/// Redis and Valkey: an RDB taken over the replication protocol, and put back as a data directory that loads.
@NullMarked
package dev.reprise.sources.redis;

import org.jspecify.annotations.NullMarked;
