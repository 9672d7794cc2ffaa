/// PostgreSQL 12 and newer, logically: one custom-format dump per database, roles and tablespaces, streamed.
///
/// **Out:** `databases.json` (each database's name, dump, owner, encoding, locale, grants and settings),
/// `globals.sql` (as `pg_dumpall --globals-only` writes it) and one `<database>.dump` per database (custom format,
/// uncompressed, so that unchanged parts of it are found again by content). Names of databases become plain file
/// names by percent-encoding. **In, for a restore:** the same; without `databases.json` the names are taken from the
/// files. A person needs only `psql` and `pg_restore --create` to restore them.
///
/// Rows are counted, and digested if wanted, in the very snapshot the dump is taken in.
///
/// **May use:** the driver for SQL, and `pg_dump`, `pg_dumpall` and `pg_restore` as child processes. A password
/// reaches a child through its environment only.
@NullMarked
package dev.reprise.sources.postgres;

import org.jspecify.annotations.NullMarked;
