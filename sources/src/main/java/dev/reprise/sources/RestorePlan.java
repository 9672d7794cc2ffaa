package dev.reprise.sources;

import java.util.List;

/// What a restore will do, in order, before it does it. Sources make their own kind and accept only that.
public interface RestorePlan {
    /// One sentence per step, for people and for the record.
    List<String> steps();

    /// True when a step removes or replaces data that is there now.
    boolean destructive();

    /// Where the data goes, without credentials.
    String target();
}
