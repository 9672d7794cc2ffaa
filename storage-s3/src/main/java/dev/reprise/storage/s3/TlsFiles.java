package dev.reprise.storage.s3;

import dev.reprise.storage.url.StorageUrlException;
import dev.reprise.storage.url.Transport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// The PEM files of a [Transport] as the JDK's TLS wants them.
final class TlsFiles {
    /// No chain of certificates is longer; what is does not belong here.
    private static final int LARGEST_FILE = 8 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    /// SEQUENCE { INTEGER 0, SEQUENCE { rsaEncryption, NULL } } without its lengths: what PKCS 8 puts before PKCS 1.
    private static final byte[] RSA_PREFIX = {
        2, 1, 0, 0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
    };

    private final Transport transport;

    TlsFiles(Transport transport) {
        this.transport = transport;
    }

    /// @return what trusts the certificates given and no others; empty if none are given
    /// @throws StorageUrlException if a file cannot be read or holds no certificate
    Optional<TrustManager[]> trust() {
        if (transport.certificates().isEmpty()) {
            return Optional.empty();
        }
        try {
            KeyStore store = emptyStore();
            int number = 0;
            for (Path file : transport.certificates()) {
                for (Certificate certificate : certificates(file)) {
                    store.setCertificateEntry("certificate-" + number++, certificate);
                }
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return Optional.of(factory.getTrustManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw new StorageUrlException("could not use the certificates given: " + e.getMessage(), "", e);
        }
    }

    /// @return what shows the client certificate; empty if there is none
    /// @throws StorageUrlException if the file cannot be read, or lacks the certificate or its key
    Optional<KeyManager[]> identity() {
        Path file = transport.clientCertificate();
        if (file == null) {
            return Optional.empty();
        }
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry(
                    "client", privateKey(file), new char[0], certificates(file).toArray(Certificate[]::new));
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return Optional.of(factory.getKeyManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw new StorageUrlException("could not use the client certificate in " + file, "", e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(Path file) throws GeneralSecurityException {
        var factory = CertificateFactory.getInstance("X.509");
        List<Certificate> found = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.label().endsWith("CERTIFICATE")) {
                found.add(factory.generateCertificate(new ByteArrayInputStream(block.der())));
            }
        }
        if (found.isEmpty()) {
            String hint = "give a PEM file with a line -----BEGIN CERTIFICATE-----";
            throw new StorageUrlException("no certificate in " + file, hint, null);
        }
        return found;
    }

    private static PrivateKey privateKey(Path file) throws GeneralSecurityException {
        for (Block block : blocks(file)) {
            switch (block.label()) {
                case "PRIVATE KEY" -> {
                    return privateKey(block.der());
                }
                case "RSA PRIVATE KEY" -> {
                    return privateKey(wrapped(block.der()));
                }
                case "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY" -> {
                    String hint = "rewrite it with: openssl pkcs8 -topk8 -nocrypt";
                    throw new StorageUrlException("the key in " + file + " is an " + block.label(), hint, null);
                }
                default -> {}
            }
        }
        String hint = "put the key after the certificate, with a line -----BEGIN PRIVATE KEY-----";
        throw new StorageUrlException("no private key in " + file, hint, null);
    }

    private static PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // another algorithm's
            }
        }
        throw new InvalidKeySpecException("neither an RSA, an EC nor an EdDSA key");
    }

    private static byte[] wrapped(byte[] pkcs1) {
        byte[] octets = der(0x04, pkcs1);
        byte[] inner = new byte[RSA_PREFIX.length + octets.length];
        System.arraycopy(RSA_PREFIX, 0, inner, 0, RSA_PREFIX.length);
        System.arraycopy(octets, 0, inner, RSA_PREFIX.length, octets.length);
        return der(0x30, inner);
    }

    /// Tag, length in three bytes, content.
    private static byte[] der(int tag, byte[] content) {
        byte[] all = new byte[content.length + 5];
        all[0] = (byte) tag;
        all[1] = (byte) 0x83;
        all[2] = (byte) (content.length >>> 16);
        all[3] = (byte) (content.length >>> 8);
        all[4] = (byte) content.length;
        System.arraycopy(content, 0, all, 5, content.length);
        return all;
    }

    private static List<Block> blocks(Path file) {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text(file));
        while (matcher.find()) {
            byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
            blocks.add(new Block(matcher.group(1), der));
        }
        return blocks;
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new StorageUrlException(file + " is too large for certificates", "give a PEM file", null);
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new StorageUrlException("could not read " + file, "check the path and its rights", e);
        }
    }

    private record Block(String label, byte[] der) {}
}
