package dev.reprise.storage.gcs;

import dev.reprise.storage.web.Json;
import dev.reprise.storage.web.TokenExchange;
import dev.reprise.storage.web.TokenRefusedException;
import dev.reprise.storage.web.TokenSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;

/// A service account's key: a signed claim for one hour is exchanged for a token (RFC 7523).
///
/// @param file as the console gives it out; holds the private key
record ServiceAccount(Json file, TokenExchange exchange) implements TokenSource {
    static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";
    private static final int SECONDS = 3600;

    @Override
    public Token fetch() throws IOException {
        String server = file.text("token_uri");
        String where = server.isEmpty() ? "https://oauth2.googleapis.com/token" : server;
        return exchange.ask(
                where, Map.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", claim(where)));
    }

    private String claim(String server) throws TokenRefusedException {
        long now = exchange.clock().instant().getEpochSecond();
        String head = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":" + Json.quoted(file.text("private_key_id")) + "}";
        String claims = "{\"iss\":" + Json.quoted(file.text("client_email")) + ",\"scope\":" + Json.quoted(SCOPE)
                + ",\"aud\":" + Json.quoted(server) + ",\"iat\":" + now + ",\"exp\":" + (now + SECONDS) + "}";
        String signed =
                encoded(head.getBytes(StandardCharsets.UTF_8)) + "." + encoded(claims.getBytes(StandardCharsets.UTF_8));
        return signed + "." + encoded(signature(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private byte[] signature(byte[] text) throws TokenRefusedException {
        try {
            String base64 = file.text("private_key").replaceAll("-----[A-Z ]+-----|\\s", "");
            byte[] key = Base64.getDecoder().decode(base64);
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key)));
            signature.update(text);
            return signature.sign();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TokenRefusedException("the private key of the service account cannot be read");
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
