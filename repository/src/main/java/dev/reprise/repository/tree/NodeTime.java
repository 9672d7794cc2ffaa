package dev.reprise.repository.tree;

/// An instant with the zone offset it is written in (section 7.4). Compared by instant where it matters.
///
/// @param epochSecond   seconds since 1970, may be negative
/// @param nano          0 to 999,999,999
/// @param offsetSeconds offset of local time at that instant, east positive
public record NodeTime(long epochSecond, int nano, int offsetSeconds) {
    /// The start of year 1, Go's zero time: what a node without this member has.
    public static final NodeTime ABSENT = new NodeTime(-62_135_596_800L, 0, 0);

    public boolean sameInstant(NodeTime other) {
        return epochSecond == other.epochSecond && nano == other.nano;
    }
}
