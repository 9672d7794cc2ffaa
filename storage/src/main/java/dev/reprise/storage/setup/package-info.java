/// What must be set at the other side of a place so that a repository there is safe and the credentials can do no more
/// than they must: [ServerSide][dev.reprise.storage.setup.ServerSide]. Instructions are for people; nothing here
/// changes anything.
@NullMarked
package dev.reprise.storage.setup;

import org.jspecify.annotations.NullMarked;
