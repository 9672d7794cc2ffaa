package dev.reprise.operations.restore;

import dev.reprise.base.RawName;
import dev.reprise.operations.filter.PatternList;
import java.util.List;

/// Which metadata is restored, and how owners are understood (repository format, section 10.4).
///
/// @param includedAttributes when not empty, only extended attributes whose name matches are set and removed
/// @param excludedAttributes extended attributes whose name matches are left as they are; not together with the former
/// @param ownersByName       owners are looked up on this machine by name; a name it does not know keeps its number
public record MetadataChoice(
        List<PatternList> includedAttributes, List<PatternList> excludedAttributes, boolean ownersByName) {
    public static final MetadataChoice ALL = new MetadataChoice(List.of(), List.of(), false);

    public MetadataChoice {
        if (!includedAttributes.isEmpty() && !excludedAttributes.isEmpty()) {
            throw new IllegalArgumentException("includes and excludes exclude each other");
        }
    }

    boolean restores(RawName attribute) {
        return includedAttributes.isEmpty()
                ? excludedAttributes.stream().noneMatch(list -> list.matches(attribute))
                : includedAttributes.stream().anyMatch(list -> list.matches(attribute));
    }
}
