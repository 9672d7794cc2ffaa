package dev.reprise.storage.azure;

import dev.reprise.storage.url.StorageUrlException;

/// How dear bytes are, and how slow to come by.
enum AccessTier {
    /// Whatever the account is set to.
    ACCOUNT(""),
    HOT("Hot"),
    COOL("Cool"),
    COLD("Cold"),
    /// Must be brought back before it is read: only contents of files go there.
    ARCHIVE("Archive");

    private final String header;

    AccessTier(String header) {
        this.header = header;
    }

    /// The service's word; empty for none.
    String header() {
        return header;
    }

    /// For what every command reads.
    AccessTier ofMetadata() {
        return this == ARCHIVE ? ACCOUNT : this;
    }

    /// @param word as restic takes it, in any case; empty for the account's own
    static AccessTier of(String word) {
        for (AccessTier tier : values()) {
            if (tier.header.equalsIgnoreCase(word)) {
                return tier;
            }
        }
        throw new StorageUrlException(
                "option azure.access-tier is \"" + word + "\"", "give Hot, Cool, Cold or Archive", null);
    }
}
