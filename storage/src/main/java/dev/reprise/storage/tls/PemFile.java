package dev.reprise.storage.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a PEM file holds.
///
/// @param certificates in the file's order; empty if it has none
/// @param key          null if it has none
public record PemFile(
        List<X509Certificate> certificates, @Nullable PrivateKey key) {
    /// The system's whole list of authorities is a fifth of this.
    private static final int MOST_BYTES = 1 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    public PemFile {
        certificates = List.copyOf(certificates);
    }

    /// Keys may be PKCS #8, PKCS #1 (RSA) or SEC 1 (EC), without a passphrase.
    ///
    /// @throws TlsFileException if the file cannot be read, is no PEM, or holds two keys
    public static PemFile read(Path file) {
        String text = text(file);
        try {
            return parse(text, file);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            String reason = e instanceof GeneralSecurityException ? ": " + e.getMessage() : "";
            throw unusable(file, "holds a certificate or key that cannot be read" + reason, e);
        }
    }

    private static PemFile parse(String text, Path file) throws GeneralSecurityException {
        List<X509Certificate> certificates = new ArrayList<>();
        PrivateKey key = null;
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            String kind = blocks.group(1);
            if (kind.endsWith("ENCRYPTED PRIVATE KEY") || blocks.group(2).contains("ENCRYPTED")) {
                throw unusable(file, "holds a private key behind a passphrase", null);
            }
            if (kind.endsWith("CERTIFICATE")) {
                certificates.add(certificate(decode(blocks.group(2))));
            } else if (kind.endsWith("PRIVATE KEY")) {
                if (key != null) {
                    throw unusable(file, "holds more than one private key", null);
                }
                key = PrivateKeyBytes.key(kind, decode(blocks.group(2)));
            }
        }
        return new PemFile(certificates, key);
    }

    private static byte[] decode(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }

    private static X509Certificate certificate(byte[] der) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private static String text(Path file) {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw unusable(file, "is longer than " + MOST_BYTES + " bytes", null);
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw unusable(file, "does not exist", e);
        } catch (IOException e) {
            throw unusable(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    static TlsFileException unusable(Path file, String why, @Nullable Throwable cause) {
        return new TlsFileException(
                file + " " + why, "name a PEM file with certificates, or with a key that has no passphrase", cause);
    }
}
