/// Real servers on loopback, started as an ordinary user and gone when this program ends: for the demo and for
/// tests.
///
/// **Out:** running servers ([EmbeddedPostgres][dev.reprise.embedded.EmbeddedPostgres],
/// [EmbeddedRedis][dev.reprise.embedded.EmbeddedRedis]) and the programs that belong to them
/// ([DebianTools][dev.reprise.embedded.DebianTools]). **May use:** `base`, no test framework.
///
/// PostgreSQL refuses to run as root: a privileged process starts every server as `nobody`, whose folders then
/// must be reachable by that user. Linux only.
@NullMarked
package dev.reprise.embedded;

import org.jspecify.annotations.NullMarked;
