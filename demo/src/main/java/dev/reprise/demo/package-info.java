/// The demonstration: fill a real stack, protect it under load, lose it, bring it back, compare everything.
///
/// **In:** a folder to work in. **Out:** a report that is right or says what differs. **May use:** everything
/// but `app`.
/// What it compares comes from its own books ([Ledger][dev.reprise.demo.Ledger]), not from the code under
/// demonstration.
@NullMarked
package dev.reprise.demo;

import org.jspecify.annotations.NullMarked;
