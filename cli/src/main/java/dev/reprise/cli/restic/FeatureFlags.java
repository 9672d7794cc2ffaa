package dev.reprise.cli.restic;

import java.util.List;
import java.util.Optional;

/// The feature flags of restic 0.19 and what they stand at (repository format, section 11.3). Known so that
/// `RESTIC_FEATURES` of existing setups is accepted and mistakes in it are refused; none changes anything here.
final class FeatureFlags {
    record Flag(String name, String type, boolean enabled, String description) {}

    static final List<Flag> ALL = List.of(
            new Flag("backend-error-redesign", "beta", true, "give up requests that are stuck, tell why others failed"),
            new Flag("deprecate-legacy-index", "stable", true, "do not read indexes of restic 0.1"),
            new Flag("deprecate-s3-legacy-layout", "stable", true, "do not read the S3 layout of restic 0.7"),
            new Flag("device-id-for-hardlinks", "alpha", false, "store device ids of hard links only"),
            new Flag("explicit-s3-anonymous-auth", "stable", true, "be anonymous at S3 only when told"),
            new Flag("s3-restore", "alpha", false, "bring S3 objects back from cold storage"),
            new Flag("safe-forget-keep-tags", "stable", true, "keep snapshots when the tags to keep do not exist"));

    private static final List<String> TRUE = List.of("1", "t", "T", "true", "TRUE", "True");
    private static final List<String> FALSE = List.of("0", "f", "F", "false", "FALSE", "False");

    private FeatureFlags() {}

    /// Refuses unknown flags and values that are no booleans.
    ///
    /// @param variable `a=true,b`; a name alone means true
    /// @return what should be warned of: flags that cannot be changed any more
    static List<String> check(String variable) {
        if (variable.isEmpty()) {
            return List.of();
        }
        return List.of(variable.split(",", -1)).stream()
                .map(FeatureFlags::checkOne)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<String> checkOne(String setting) {
        int equals = setting.indexOf('=');
        String name = equals < 0 ? setting : setting.substring(0, equals);
        String value = equals < 0 ? "true" : setting.substring(equals + 1);
        Flag flag = ALL.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new FatalException("unknown feature flag \"" + name + "\""));
        if (!TRUE.contains(value) && !FALSE.contains(value)) {
            throw new FatalException("failed to parse value \"%s\" for feature flag %s".formatted(value, name));
        }
        boolean fixed = flag.type().equals("stable") && TRUE.contains(value) != flag.enabled();
        return fixed
                ? Optional.of("feature flag \"" + name + "\" is always " + (flag.enabled() ? "enabled" : "disabled"))
                : Optional.empty();
    }
}
