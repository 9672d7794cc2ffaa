/// Which HTTP proxy leads to a server, read from the environment in one way by every place that speaks HTTP.
@NullMarked
package dev.reprise.storage.proxy;

import org.jspecify.annotations.NullMarked;
