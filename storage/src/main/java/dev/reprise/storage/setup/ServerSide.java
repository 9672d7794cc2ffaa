package dev.reprise.storage.setup;

import dev.reprise.storage.ObjectKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// What lies beyond a place: the server, its owner's settings, its clock. Safe for use by many threads.
///
/// Asked of a storage by [capability][dev.reprise.storage.Storage#capability].
public interface ServerSide {
    /// How the other side is set up for these credentials. Asks nobody and holds no secret.
    Setup setup(Purpose purpose);

    /// What the server's clock shows, to the second, or what it showed when the object was written.
    ///
    /// @param fresh an object that is there and was just written
    /// @return null if the server does not tell
    /// @throws dev.reprise.storage.StorageException as [size][dev.reprise.storage.Storage#size]
    @Nullable
    Instant clock(ObjectKey fresh);

    /// The moment a `Date` header names.
    ///
    /// @return null if it names none
    static @Nullable Instant moment(String date) {
        try {
            return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
