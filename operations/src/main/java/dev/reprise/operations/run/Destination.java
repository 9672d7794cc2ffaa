package dev.reprise.operations.run;

import dev.reprise.repository.Repository;
import dev.reprise.repository.model.WriterOptions;

/// A repository that one run writes to. All of one run have the same chunker polynomial.
///
/// @param name       in the configuration
/// @param repository opened by the caller, who closes it
/// @param writing    how new blobs are stored there
public record Destination(String name, Repository repository, WriterOptions writing) {}
