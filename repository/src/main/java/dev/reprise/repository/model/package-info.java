/// Words every part of the repository shares: kinds and identities of blobs, options of writing, failures.
@NullMarked
package dev.reprise.repository.model;

import org.jspecify.annotations.NullMarked;
