/// Certificates and keys from PEM files, and what a client of a TLS server makes of them. For every kind of place that
/// speaks HTTP, and for the server of repositories.
@NullMarked
package dev.reprise.storage.tls;

import org.jspecify.annotations.NullMarked;
