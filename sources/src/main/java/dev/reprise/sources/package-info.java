/// What is protected: each source reads its data and puts it back.
///
/// **Out:** named streams and facts about them. **In, for a restore:** the same streams. **May use:** `base`.
/// **Never:** `repository`, `storage`; only `operations` joins a source to a repository.
@NullMarked
package dev.reprise.sources;

import org.jspecify.annotations.NullMarked;
