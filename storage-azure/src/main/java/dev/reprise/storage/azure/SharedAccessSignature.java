package dev.reprise.storage.azure;

import dev.reprise.storage.url.StorageUrlException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A shared access signature: whoever has its text has its rights. It stands in the query of every request.
final class SharedAccessSignature implements Access {
    private final String query;
    private final Map<String, String> parts;

    private SharedAccessSignature(String query, Map<String, String> parts) {
        this.query = query;
        this.parts = parts;
    }

    /// @param text with or without the question mark, as the portal gives it
    static SharedAccessSignature of(String text) {
        String stripped = text.strip();
        String query = stripped.startsWith("?") ? stripped.substring(1) : stripped;
        try {
            Map<String, String> parts = new TreeMap<>();
            for (String part : query.split("&", -1)) {
                int equals = part.indexOf('=');
                if (equals > 0) {
                    parts.put(
                            part.substring(0, equals),
                            URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
                }
            }
            boolean plain = query.chars().allMatch(c -> c > ' ' && c <= '~')
                    && query.equals(URI.create("https://host/?" + query).getRawQuery());
            if (plain && !parts.getOrDefault("sig", "").isEmpty()) {
                return new SharedAccessSignature(query, parts);
            }
        } catch (IllegalArgumentException e) {
            // said below: its words show the secret
        }
        String fact = "the variable AZURE_ACCOUNT_SAS holds no shared access signature";
        throw new StorageUrlException(fact, "copy the token that begins with sv= or ?sv=, not the URL", null);
    }

    @Override
    public String authorization(Ask ask) {
        return "";
    }

    @Override
    public String querySuffix() {
        return query;
    }

    @Override
    public String hint(InstantSource clock) {
        Instant end = moment("se");
        Instant start = moment("st");
        Instant now = clock.instant();
        if (end != null && end.isBefore(now)) {
            return "AZURE_ACCOUNT_SAS has ended at " + end + ": make a new one";
        }
        if (start != null && start.isAfter(now)) {
            return "AZURE_ACCOUNT_SAS begins at " + start;
        }
        return "AZURE_ACCOUNT_SAS needs the permissions read, list, create and delete on this container";
    }

    private @Nullable Instant moment(String name) {
        try {
            String text = parts.getOrDefault(name, "");
            return OffsetDateTime.parse(text.length() == 10 ? text + "T00:00:00Z" : text)
                    .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    @Override
    public String withoutSecrets(String words) {
        String secret = parts.getOrDefault("sig", "");
        return words.replace(query, "…").replace(secret, "…").replace(Account.encoded(secret), "…");
    }

    @Override
    public String toString() {
        return "a shared access signature";
    }
}
