package dev.reprise.storage.s3;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.EncodingType;

/// Listings with names in escapes, for XML has no words for some of their characters. The SDK takes the escapes out,
/// and
/// has no failure of its own for what is none.
final class Listings {
    private Listings() {}

    /// @param ask makes the request, with the escapes it is given; without if null
    /// @throws SdkClientException if the server tells of names that are no text in escapes
    static <T> T read(Function<@Nullable EncodingType, T> ask) {
        try {
            return ask.apply(EncodingType.URL);
        } catch (IllegalArgumentException e) {
            return readAgain(ask);
        }
    }

    /// Some servers say that all is in escapes, and repeat the prefix as it was.
    private static <T> T readAgain(Function<@Nullable EncodingType, T> ask) {
        try {
            return ask.apply(null);
        } catch (IllegalArgumentException e) {
            throw SdkClientException.create("the server's listing holds a name that cannot be read", e);
        }
    }
}
