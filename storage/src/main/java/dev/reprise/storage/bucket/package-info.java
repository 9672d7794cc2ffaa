/// Buckets as users fill them: objects under keys of their own, with what the server keeps beside each. Sources of a
/// backup and targets of its restore; repositories lie behind [dev.reprise.storage.Storage] instead.
///
/// **In:** kinds of places that speak to a server. **Out:** objects, one at a time, and listings in pages.
@NullMarked
package dev.reprise.storage.bucket;

import org.jspecify.annotations.NullMarked;
