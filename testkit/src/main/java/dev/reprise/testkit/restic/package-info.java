/// Stock restic, fetched once and run as a process, for tests of compatibility.
@NullMarked
package dev.reprise.testkit.restic;

import org.jspecify.annotations.NullMarked;
