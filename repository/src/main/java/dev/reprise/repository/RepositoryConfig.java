package dev.reprise.repository;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.JsonMembers;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

/// The repository's own `config` object (section 3).
///
/// @param version    1 or 2
/// @param id         64 hex digits
/// @param unknown    JSON of members other programs wrote, kept
public record RepositoryConfig(int version, String id, Polynomial polynomial, Map<String, String> unknown) {
    private static final List<String> MEMBERS = List.of("version", "id", "chunker_polynomial");

    public RepositoryConfig {
        if (version != 1 && version != 2) {
            throw new IllegalArgumentException("its format version is " + version + ", only 1 and 2 are known");
        }
    }

    /// A configuration for a new repository.
    static RepositoryConfig draw(int version, Polynomial polynomial, SecureRandom random) {
        byte[] id = new byte[ObjectId.BYTES];
        random.nextBytes(id);
        return new RepositoryConfig(version, ObjectId.of(id, 0).hex(), polynomial, Map.of());
    }

    /// restic opens repositories whose id is missing or short, so the id is kept as it is.
    ///
    /// @throws IllegalArgumentException saying what is wrong with it
    static RepositoryConfig parse(byte[] json) {
        JsonMembers members = JsonMembers.parse(json);
        long version = members.number("version", 0);
        return new RepositoryConfig(
                Math.clamp(version, 0, Integer.MAX_VALUE),
                members.text("id", ""),
                Polynomial.parse(members.text("chunker_polynomial", "")),
                members.except(MEMBERS));
    }

    RepositoryConfig withVersion(int newVersion) {
        return new RepositoryConfig(newVersion, id, polynomial, unknown);
    }

    /// The members in writing order, without white space.
    public byte[] json() {
        GoJsonWriter json = new GoJsonWriter();
        json.raw("{\"version\":").number(version).raw(",\"id\":").string(id);
        json.raw(",\"chunker_polynomial\":").string(polynomial.hex());
        unknown.forEach((name, value) -> json.raw(',').string(name).raw(':').raw(value));
        return json.raw('}').toByteArray();
    }
}
