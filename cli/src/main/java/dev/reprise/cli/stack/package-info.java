/// The verbs of the stack: backup, points, status, restore, check.
///
/// **In:** a [Stack][dev.reprise.cli.stack.Stack], which `app` makes from the configuration. **Out:** lines or
/// JSON messages, and an exit status. Commands decide nothing about data; `operations` and `recovery` do.
@NullMarked
package dev.reprise.cli.stack;

import org.jspecify.annotations.NullMarked;
