/// Repositories in Google Cloud Storage, over its JSON interface.
@NullMarked
package dev.reprise.storage.gcs;

import org.jspecify.annotations.NullMarked;
