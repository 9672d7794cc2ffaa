/// Stand-ins shared by tests of the repository: a storage in memory that can fail, unpacked objects, a lock.
@NullMarked
package dev.reprise.repository.testing;

import org.jspecify.annotations.NullMarked;
