package dev.reprise.storage.azure;

import dev.reprise.storage.url.StorageUrlException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The account's key, which signs each request and is never sent ("Authorize with Shared Key", version 2015-02-21 and
/// later).
final class SharedKey implements Access {
    private static final String MAC = "HmacSHA256";
    /// In the order of the string that is signed.
    private static final List<String> BEFORE_LENGTH = List.of("content-encoding", "content-language");
    private static final List<String> AFTER_LENGTH = List.of(
            "content-md5",
            "content-type",
            "date",
            "if-modified-since",
            "if-match",
            "if-none-match",
            "if-unmodified-since",
            "range");

    private final String account;
    private final SecretKeySpec key;

    private SharedKey(String account, SecretKeySpec key) {
        this.account = account;
        this.key = key;
    }

    /// @param base64 as the portal shows it
    static SharedKey of(String account, String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64.strip());
            return new SharedKey(account, new SecretKeySpec(bytes, MAC));
        } catch (IllegalArgumentException e) { // its words show a part of the key
            String fact = "the variable AZURE_ACCOUNT_KEY holds no key: it is not Base64";
            throw new StorageUrlException(fact, "copy one of the storage account's two access keys", null);
        }
    }

    @Override
    public String authorization(Ask ask) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(key);
            byte[] sum = mac.doFinal(stringToSign(ask).getBytes(StandardCharsets.UTF_8));
            return "SharedKey " + account + ":" + Base64.getEncoder().encodeToString(sum);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + MAC, e);
        }
    }

    String stringToSign(Ask ask) {
        var text = new StringBuilder(ask.method()).append('\n');
        BEFORE_LENGTH.forEach(name -> text.append(ask.header(name)).append('\n'));
        text.append(ask.content().length() == 0 ? "" : ask.content().length()).append('\n');
        AFTER_LENGTH.forEach(name -> text.append(ask.header(name)).append('\n'));
        ask.headers().forEach((name, value) -> {
            if (name.startsWith("x-ms-")) {
                text.append(name).append(':').append(value).append('\n');
            }
        });
        text.append('/').append(account).append(ask.path());
        ask.query()
                .forEach((name, value) ->
                        text.append('\n').append(name).append(':').append(value));
        return text.toString();
    }

    @Override
    public String hint(InstantSource clock) {
        return "check AZURE_ACCOUNT_NAME and AZURE_ACCOUNT_KEY, and whether the account allows access by key from here";
    }

    @Override
    public String toString() {
        return "the account's key";
    }
}
