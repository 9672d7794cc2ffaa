/// What every place must do, as tests: a place's own tests extend them with a way to open an empty one. Used by tests
/// only.
@NullMarked
package dev.reprise.storage.suite;

import org.jspecify.annotations.NullMarked;
