package dev.reprise.storage.azure;

import dev.reprise.storage.web.ServerWords;
import dev.reprise.storage.web.Web.Answer;
import java.io.IOException;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The service answered, and the answer was no.
final class AzureStatusException extends IOException {
    private static final long serialVersionUID = 1;

    /// What the service says of a blob that is there, to one who wants to make it. The last three come before the
    /// condition is looked at: from a signature that may only create, from a policy, from an archive.
    private static final Set<String> EXISTS = Set.of(
            "BlobAlreadyExists",
            "ConditionNotMet",
            "UnauthorizedBlobOverwrite",
            "BlobImmutableDueToPolicy",
            "BlobArchived");

    private final int status;
    private final String code;
    private final String date;

    private AzureStatusException(int status, String code, String words, String date) {
        super(words);
        this.status = status;
        this.code = code;
        this.date = date;
    }

    /// Reads the body: `<Error><Code>…</Code><Message>…</Message></Error>`, or anything else.
    ///
    /// @param clean takes secrets out of the service's words
    static AzureStatusException of(Answer answer, UnaryOperator<String> clean) throws IOException {
        String[] said = {answer.header("x-ms-error-code"), ""};
        byte[] body = answer.bytes();
        if (body.length > 0) {
            read(body, said);
        }
        String code = said[0].matches("[A-Za-z0-9]{1,80}") ? said[0] : "";
        String words =
                ServerWords.printable(clean.apply(said[1].lines().findFirst().orElse("")));
        String name = "the service answered " + answer.status() + (code.isEmpty() ? "" : " " + code);
        return new AzureStatusException(
                answer.status(), code, words.isEmpty() ? name : name + ": " + words, answer.header("Date"));
    }

    private static void read(byte[] body, String[] said) {
        try {
            Xml.read(body, (path, text) -> {
                if (path.equals("/Error/Code") && said[0].isEmpty()) {
                    said[0] = text;
                } else if (path.equals("/Error/Message")) {
                    said[1] = text;
                }
            });
        } catch (IOException e) {
            said[1] = ""; // a page of what stands before the service
        }
    }

    int status() {
        return status;
    }

    /// One of the service's words, such as `BlobNotFound`; empty if it gave none.
    String code() {
        return code;
    }

    /// The answer's `Date`; empty if it had none.
    String date() {
        return date;
    }

    boolean saysNoBlob() {
        return status == 404 && code.equals("BlobNotFound");
    }

    boolean saysNoContainer() {
        return status == 404 && code.equals("ContainerNotFound");
    }

    /// Whether an upload may have met a blob of its name. A signature without the right to write is refused then as if
    /// it had no rights at all by some servers.
    boolean maySayItExists() {
        return EXISTS.contains(code) || isRefusal();
    }

    boolean isRefusal() {
        return status == 403;
    }
}
