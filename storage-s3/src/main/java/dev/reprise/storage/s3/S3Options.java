package dev.reprise.storage.s3;

import dev.reprise.storage.url.PlaceKind.PlaceOption;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.StorageUrlException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Everything `-o s3.…` and the host say about how to speak to a server.
///
/// @param provider     whose server it is, as far as known
/// @param region       to sign for
/// @param regionTold   false if nobody named a region, so that the server may correct it
/// @param pathStyle    whether the bucket stands in the path instead of the host name
/// @param listV1       whether to list by the older call
/// @param storageClass of new objects; null for the bucket's own
/// @param anonymous    whether to sign nothing
/// @param profile      whose credentials to take from the shared files; null unless the option names one
/// @param connections  requests at a time
/// @param encryption   asked of the server; null for the bucket's own
/// @param retention    set on what is uploaded; null for none
/// @param thaw         what to do about objects in an archive; null to refuse
/// @param moment       to look at the bucket as it was then, changing nothing; null for now
record S3Options(
        Provider provider,
        String region,
        boolean regionTold,
        boolean pathStyle,
        boolean listV1,
        @Nullable String storageClass,
        boolean anonymous,
        @Nullable String profile,
        int connections,
        @Nullable Encryption encryption,
        @Nullable Retention retention,
        @Nullable Thaw thaw,
        @Nullable Instant moment) {

    static final List<PlaceOption> DESCRIBED = List.of(
            new PlaceOption("s3.connections", "requests at a time, 2 or more (default: 5)"),
            new PlaceOption("s3.provider", "whose server it is, for its peculiarities (default: by the host)"),
            new PlaceOption("s3.region", "region to sign for (default: by the host, then $AWS_REGION)"),
            new PlaceOption("s3.bucket-lookup", "where the bucket's name goes: auto, dns or path (default: auto)"),
            new PlaceOption("s3.list-objects-v1", "list by the older call (default: false)"),
            new PlaceOption("s3.storage-class", "class of new objects; an archive takes contents of files only"),
            new PlaceOption("s3.sse", "encryption by the server: AES256, aws:kms or aws:kms:KEYID"),
            new PlaceOption("s3.profile", "profile of the shared credentials files (default: $AWS_PROFILE)"),
            new PlaceOption("s3.unsafe-anonymous-auth", "send no credentials at all (default: false)"),
            new PlaceOption("s3.object-lock", "keep what is uploaded: compliance or governance (default: neither)"),
            new PlaceOption("s3.retain-days", "days for which object-lock keeps it, 1 to 36500"),
            new PlaceOption("s3.enable-restore", "have archived objects brought back before reading (default: false)"),
            new PlaceOption("s3.restore-days", "days for which they stay (default: 7)"),
            new PlaceOption("s3.restore-timeout", "how long to wait for them (default: 24h)"),
            new PlaceOption("s3.restore-tier", "Standard, Bulk or Expedited (default: Standard)"),
            new PlaceOption("s3.as-of", "look at a bucket with versions as it was then, as 2026-11-20T18:30:00Z"),
            new PlaceOption("s3.retries", "accepted; requests are repeated as everywhere"),
            new PlaceOption("s3.layout", "accepted with the value default"));

    /// Classes whose objects have to be brought back before they can be read. `GLACIER_IR` is
    /// none.
    static final Set<String> ARCHIVES = Set.of("GLACIER", "DEEP_ARCHIVE");

    /// @throws StorageUrlException if a value makes no sense
    static S3Options of(S3Address address, PlaceSettings settings) {
        requireDefaultLayout(settings);
        settings.number("s3.retries", 10, 0, 1000);
        Provider provider = Provider.of(settings.option("s3.provider", ""), address.host());
        Optional<String> region = region(provider, address, settings);
        String profile = settings.option("s3.profile", "");
        String storageClass = settings.option("s3.storage-class", "");
        return new S3Options(
                provider,
                region.orElse(provider.defaultRegion()),
                region.isPresent(),
                pathStyle(provider, settings),
                settings.flag("s3.list-objects-v1", false),
                storageClass.isEmpty() ? null : storageClass,
                settings.flag("s3.unsafe-anonymous-auth", false),
                profile.isEmpty() ? null : profile,
                settings.number("s3.connections", 5, 2, 1000),
                Encryption.of(settings.option("s3.sse", "")),
                Retention.of(provider, settings),
                Thaw.of(settings),
                moment(settings.option("s3.as-of", "")));
    }

    private static @Nullable Instant moment(String text) {
        try {
            return text.isEmpty() ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw wrong("s3.as-of", text, "a moment such as 2026-11-20T18:30:00Z");
        }
    }

    private static void requireDefaultLayout(PlaceSettings settings) {
        String layout = settings.option("s3.layout", "default");
        if (!Set.of("default", "auto", "").contains(layout)) {
            String hint = "migrate the repository with restic 0.17: restic migrate s3_layout";
            throw new StorageUrlException("option s3.layout is \"" + layout + "\"", hint, null);
        }
    }

    /// What the host says is certain; variables may be meant for something else on this machine.
    private static Optional<String> region(Provider provider, S3Address address, PlaceSettings settings) {
        String named = settings.option("s3.region", "");
        if (!named.isEmpty()) {
            return Optional.of(named);
        }
        if (provider == Provider.R2) {
            return Optional.of(provider.defaultRegion());
        }
        return provider.regionIn(address.host())
                .or(() -> given(settings, "AWS_REGION"))
                .or(() -> given(settings, "AWS_DEFAULT_REGION"));
    }

    private static Optional<String> given(PlaceSettings settings, String variable) {
        return Optional.of(settings.variable(variable)).filter(value -> !value.isEmpty());
    }

    private static boolean pathStyle(Provider provider, PlaceSettings settings) {
        String lookup = settings.option("s3.bucket-lookup", "auto");
        return switch (lookup) {
            case "", "auto" -> !provider.bucketInHost();
            case "dns" -> false;
            case "path" -> true;
            default -> throw wrong("s3.bucket-lookup", lookup, "auto, dns or path");
        };
    }

    /// @return the class to ask for; null for the bucket's own
    @Nullable
    String storageClass(boolean contents) {
        String wanted = storageClass;
        return wanted != null && ARCHIVES.contains(wanted) && !contents ? null : wanted;
    }

    private static StorageUrlException wrong(String option, String value, String choices) {
        return new StorageUrlException("option " + option + " is \"" + value + "\"", "give one of " + choices, null);
    }

    /// Encryption at rest, done by the server.
    ///
    /// @param algorithm `AES256` or `aws:kms`
    /// @param key       of the key service; null for the account's own
    record Encryption(String algorithm, @Nullable String key) {
        static @Nullable Encryption of(String text) {
            if (text.isEmpty()) {
                return null;
            }
            if (text.startsWith("aws:kms:") && text.length() > "aws:kms:".length()) {
                return new Encryption("aws:kms", text.substring("aws:kms:".length()));
            }
            if (text.equals("AES256") || text.equals("aws:kms")) {
                return new Encryption(text, null);
            }
            throw wrong("s3.sse", text, "AES256, aws:kms and aws:kms:KEYID");
        }
    }

    /// What Object Lock is to do with new objects.
    ///
    /// @param mode `COMPLIANCE`, which nobody can undo, or `GOVERNANCE`
    /// @param time counted from the upload
    record Retention(String mode, Duration time) {
        static @Nullable Retention of(Provider provider, PlaceSettings settings) {
            String mode = settings.option("s3.object-lock", "");
            if (mode.isEmpty()) {
                return null;
            }
            if (!provider.keepsLocks()) {
                String fact = "option s3.object-lock: " + provider + " has no Object Lock";
                throw new StorageUrlException(fact, "leave the option out, or use another place", null);
            }
            int days = settings.number("s3.retain-days", 0, 1, 36_500);
            if (days == 0) {
                throw new StorageUrlException(
                        "option s3.object-lock is given without s3.retain-days", "add -o s3.retain-days=30", null);
            }
            return switch (mode) {
                case "compliance" -> new Retention("COMPLIANCE", Duration.ofDays(days));
                case "governance" -> new Retention("GOVERNANCE", Duration.ofDays(days));
                default -> throw wrong("s3.object-lock", mode, "compliance and governance");
            };
        }
    }

    /// How archived objects are brought back.
    ///
    /// @param days for which they stay
    /// @param tier `Standard`, `Bulk` or `Expedited`
    /// @param patience how long at most
    record Thaw(int days, String tier, Duration patience) {
        static @Nullable Thaw of(PlaceSettings settings) {
            String tier = settings.option("s3.restore-tier", "Standard");
            if (!Set.of("Standard", "Bulk", "Expedited").contains(tier)) {
                throw wrong("s3.restore-tier", tier, "Standard, Bulk and Expedited");
            }
            int days = settings.number("s3.restore-days", 7, 1, 30_000);
            Duration wait = duration(settings.option("s3.restore-timeout", "24h"));
            return settings.flag("s3.enable-restore", false) ? new Thaw(days, tier, wait) : null;
        }

        /// Hours, minutes and seconds, as Go writes them.
        private static Duration duration(String text) {
            try {
                return Duration.parse("PT" + text);
            } catch (java.time.format.DateTimeParseException e) {
                throw new StorageUrlException("option s3.restore-timeout is \"" + text + "\"", "write it as 24h", e);
            }
        }
    }
}
