package dev.reprise.repository;

import dev.reprise.repository.chunk.Polynomial;
import java.util.Map;

/// The repository's own `config` object (section 3).
///
/// @param version    1 or 2
/// @param id         64 hex digits
/// @param unknown    JSON of members other programs wrote, kept
public record RepositoryConfig(int version, String id, Polynomial polynomial, Map<String, String> unknown) {}
