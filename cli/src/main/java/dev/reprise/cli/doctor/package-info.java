/// `reprise doctor`: whether everything a job needs is there and as it should be, and what to set where.
///
/// **In:** the configuration, a [Stack][dev.reprise.cli.stack.Stack], this machine. **Out:** findings, each with the
/// next command, and instructions for the other side of every repository.
@NullMarked
package dev.reprise.cli.doctor;

import org.jspecify.annotations.NullMarked;
