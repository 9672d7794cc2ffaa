/// `reprise.yaml`: every option declared once, read with positions, printed as reference and as JSON Schema.
///
/// **In:** the text of a configuration file, or environment variables. **Out:** a
/// [RepriseConfig][dev.reprise.config.RepriseConfig] that refuses to exist when wrong, with every error of the file
/// named by line and column. **May use:** `base`. **Never:** sources, repositories or storage; `cli` translates.
///
/// To add an option, declare it in the `…Options` class of its section, list it in that class's `SECTION`, take it
/// into the section's record, and let the build print the reference and the schema anew (`ReferencePageTest` says
/// how).
///
/// Secrets stay references ([SecretReference][dev.reprise.config.SecretReference]) until somebody needs them and asks
/// [Secrets][dev.reprise.config.Secrets].
@NullMarked
package dev.reprise.config;

import org.jspecify.annotations.NullMarked;
