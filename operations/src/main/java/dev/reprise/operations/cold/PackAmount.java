package dev.reprise.operations.cold;

/// @param packs how many
/// @param bytes of all of them
public record PackAmount(long packs, long bytes) {
    public static final PackAmount NONE = new PackAmount(0, 0);

    PackAmount plus(long moreBytes) {
        return new PackAmount(packs + 1, bytes + moreBytes);
    }
}
