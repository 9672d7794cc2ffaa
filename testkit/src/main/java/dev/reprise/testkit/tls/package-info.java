/// Certificates for servers on loopback.
@NullMarked
package dev.reprise.testkit.tls;

import org.jspecify.annotations.NullMarked;
