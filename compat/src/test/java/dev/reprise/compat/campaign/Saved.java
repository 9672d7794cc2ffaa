package dev.reprise.compat.campaign;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What one snapshot must be.
///
/// @param time    given with `--time`, another for every backup; kept by tag, rewrite and copy
/// @param tags    sorted
/// @param listing what a restore brings back, as `FolderListing` tells it
record Saved(Instant time, List<String> tags, Map<String, String> listing) {
    Saved tagged(String tag) {
        var more = new TreeSet<>(tags);
        more.add(tag);
        return new Saved(time, List.copyOf(more), listing);
    }

    Saved untagged(String tag) {
        return new Saved(time, tags.stream().filter(other -> !other.equals(tag)).toList(), listing);
    }

    /// Without everything of that name and below it.
    Saved without(String name) {
        Map<String, String> rest = new TreeMap<>(listing);
        rest.keySet().removeIf(path -> List.of(path.split("/")).contains(name));
        return new Saved(time, tags, rest);
    }

    @Override
    public String toString() {
        return "%s %s %d entries %08x".formatted(time, tags, listing.size(), listing.hashCode());
    }
}
