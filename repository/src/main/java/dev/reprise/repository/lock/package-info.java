/// Repository locks: taken, refreshed and honoured as restic does (repository format, section 9).
@NullMarked
package dev.reprise.repository.lock;

import org.jspecify.annotations.NullMarked;
