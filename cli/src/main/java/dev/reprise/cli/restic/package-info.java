/// `reprise restic …`: restic's own verbs, flags, variables, messages and exit statuses, so that people, scripts and
/// wrappers made for restic run on Reprise unchanged (repository format, section 11).
///
/// [ResticCli] is the frame, [ResticOptions] the flags every verb takes, [ResticOutput] what is printed, and one class
/// holds each verb. A verb parses, calls `operations`, and prints; it decides nothing about repositories.
@NullMarked
package dev.reprise.cli.restic;

import org.jspecify.annotations.NullMarked;
