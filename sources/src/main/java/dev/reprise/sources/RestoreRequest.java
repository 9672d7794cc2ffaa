package dev.reprise.sources;

import java.util.Map;

/// What a user asks of a restore into a live target.
///
/// @param target  where to: a folder, or a URL of a server; empty means where it came from
/// @param replace whether data in the target may be replaced
/// @param options source-specific choices by name, as the source documents them
public record RestoreRequest(String target, boolean replace, Map<String, String> options) {}
