package dev.reprise.operations.cold;

import java.util.List;

/// What a prune and a move to a cold class would make of a repository, and what that costs.
///
/// @param classes    every class that holds something at any time, sorted
/// @param monthNow   for keeping everything
/// @param monthPruned likewise after the prune, and then after the move
/// @param once       costs of the changes themselves
/// @param coldRepack what repacking packs of cold classes, a part of the prune, costs and saves
public record Forecast(
        List<ClassAmounts> classes,
        Cost monthNow,
        Cost monthPruned,
        Cost monthMoved,
        List<Once> once,
        ColdRepack coldRepack) {
    public Forecast {
        classes = List.copyOf(classes);
        once = List.copyOf(once);
    }

    /// Objects and bytes of one class. Metadata other than packs is counted as it is now.
    public record ClassAmounts(String storageClass, PackAmount now, PackAmount pruned, PackAmount moved) {}

    /// A cost that comes once.
    ///
    /// @param what  for people: `prune: 12 packs read`
    /// @param key   for programs: `prune_reads`
    /// @param count requests or packs
    public record Once(String key, String what, long count, Cost cost) {}

    /// @param packs      of classes other than the standard one that are repacked
    /// @param once       reading, storing anew, and what their class charges for leaving early
    /// @param monthSaved less to pay in a month; may be negative
    public record ColdRepack(long packs, Cost once, Cost monthSaved) {}
}
