/// The promises of [Storage][dev.reprise.storage.Storage] as tests that every place must pass.
@NullMarked
package dev.reprise.testkit.storage;

import org.jspecify.annotations.NullMarked;
