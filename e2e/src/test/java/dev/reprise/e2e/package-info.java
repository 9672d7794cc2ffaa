/// The program as a user runs it: processes, signals, full disks, wrong passwords, real servers.
@NullMarked
package dev.reprise.e2e;

import org.jspecify.annotations.NullMarked;
