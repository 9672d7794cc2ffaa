package dev.reprise.storage.gcs;

import dev.reprise.storage.web.Json;
import dev.reprise.storage.web.ServerWords;
import java.io.IOException;

/// The service answered, and the answer was no.
final class GcsStatusException extends IOException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String reason;

    private GcsStatusException(int status, String reason, String words) {
        super(words);
        this.status = status;
        this.reason = reason;
    }

    /// @param body as the service sends it: `{"error": {"message": …, "errors": [{"reason":
    ///     …}]}}`, or anything else
    static GcsStatusException of(int status, byte[] body) {
        try {
            Json error = Json.parse(body).object("error");
            String reason = error.objects("errors").stream()
                    .map(one -> one.text("reason"))
                    .findFirst()
                    .orElse("");
            String words = ServerWords.printable(error.text("message"));
            return new GcsStatusException(
                    status, reason, words.isEmpty() ? "status " + status : words + " (" + status + ")");
        } catch (IOException e) {
            return new GcsStatusException(status, "", "status " + status);
        }
    }

    int status() {
        return status;
    }

    /// One of the service's words, such as `rateLimitExceeded`; empty if it gave none.
    String reason() {
        return reason;
    }
}
