package dev.reprise.storage.s3;

import java.util.Set;
import software.amazon.awssdk.profiles.Profile;

/// A section of the shared files.
final class SharedProfile {
    private static final Set<String> SOURCES =
            Set.of("aws_access_key_id", "role_arn", "credential_process", "sso_start_url", "sso_session");

    private SharedProfile() {}

    /// Some hold a region and nothing else.
    static boolean hasCredentials(Profile profile) {
        return profile.properties().keySet().stream().anyMatch(SOURCES::contains);
    }
}
