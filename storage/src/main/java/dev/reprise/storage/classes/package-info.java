/// What some places can do beside the [contract][dev.reprise.storage.Storage]: keep objects in
/// classes that cost differently, and some of them where they have to be brought back before they
/// can be read.
@NullMarked
package dev.reprise.storage.classes;

import org.jspecify.annotations.NullMarked;
