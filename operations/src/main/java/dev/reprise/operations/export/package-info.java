/// Dated folders of plain files made from recovery points, for people and programs without Reprise.
///
/// **In:** a point of a repository, a place for [plain files][dev.reprise.storage.plain.PlainFiles]. **Out:**
/// `2026-11-22/postgres/…` with a manifest that is written last and names every file with its size and SHA-256. A
/// folder without a manifest is no export; what a manifest does not name is never removed.
@NullMarked
package dev.reprise.operations.export;

import org.jspecify.annotations.NullMarked;
