/// Repositories in S3 and what speaks its protocol (repository format, section 1.4).
@NullMarked
package dev.reprise.storage.s3;

import org.jspecify.annotations.NullMarked;
