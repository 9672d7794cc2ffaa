/// Repositories on a server of restic's REST protocol (repository format, section 1.5).
@NullMarked
package dev.reprise.storage.rest;

import org.jspecify.annotations.NullMarked;
