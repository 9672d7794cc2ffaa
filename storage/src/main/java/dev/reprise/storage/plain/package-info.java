/// Plain files beside restic's layout, with names for people: for exports. A place that can keep some says so by its
/// [capability][dev.reprise.storage.Storage#capability].
@NullMarked
package dev.reprise.storage.plain;

import org.jspecify.annotations.NullMarked;
