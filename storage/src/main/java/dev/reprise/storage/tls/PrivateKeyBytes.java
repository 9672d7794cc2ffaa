package dev.reprise.storage.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;

/// Private keys from the three encodings PEM files have: PKCS #8 (RFC 5208) as it is; PKCS #1 (RFC 8017, RSA) and
/// SEC 1 (RFC 5915, EC) after putting PKCS #8's frame around them, which is the only one Java reads.
final class PrivateKeyBytes {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final byte[] VERSION_0 = HexFormat.of().parseHex("020100");
    /// SEQUENCE { rsaEncryption, NULL }.
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    /// id-ecPublicKey.
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int CURVE = 0xa0;

    private PrivateKeyBytes() {}

    /// @param kind of the PEM block, such as `EC PRIVATE KEY`
    static PrivateKey key(String kind, byte[] der) throws GeneralSecurityException {
        return switch (kind) {
            case "RSA PRIVATE KEY" -> pkcs8(framed(RSA, der));
            case "EC PRIVATE KEY" -> pkcs8(framed(element(SEQUENCE, joined(EC, curve(der))), der));
            default -> pkcs8(der);
        };
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        var failure = new InvalidKeySpecException("neither an RSA nor an EC nor an Ed25519 key");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException | NoSuchAlgorithmException another) {
                failure.addSuppressed(another);
            }
        }
        throw failure;
    }

    private static byte[] framed(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, joined(VERSION_0, algorithm, element(OCTETS, key)));
    }

    /// The curve's name, which SEC 1 has behind the number: SEQUENCE { 1, OCTET STRING, `[0]` { name }, … }.
    private static byte[] curve(byte[] der) throws InvalidKeySpecException {
        ByteBuffer inside = content(ByteBuffer.wrap(der));
        while (inside.hasRemaining()) {
            boolean wanted = (inside.get(inside.position()) & 0xff) == CURVE;
            ByteBuffer element = content(inside);
            if (wanted) {
                byte[] name = new byte[element.remaining()];
                element.get(name);
                return name;
            }
        }
        throw new InvalidKeySpecException("an EC key without the name of its curve");
    }

    /// The content of the element at the buffer's position, which moves behind it.
    private static ByteBuffer content(ByteBuffer der) throws InvalidKeySpecException {
        try {
            der.get(); // tag
            int length = der.get() & 0xff;
            if (length > 0x82) {
                throw new InvalidKeySpecException("not DER: a length of " + (length - 0x80) + " bytes");
            }
            if (length > 0x80) {
                int bytes = length - 0x80;
                length = 0;
                for (int i = 0; i < bytes; i++) {
                    length = (length << 8) | (der.get() & 0xff);
                }
            }
            ByteBuffer content = der.slice(der.position(), length);
            der.position(der.position() + length);
            return content;
        } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new InvalidKeySpecException("not DER: it ends early", e);
        }
    }

    private static byte[] element(int tag, byte[] content) {
        int length = content.length;
        byte[] head = length < 0x80
                ? new byte[] {(byte) tag, (byte) length}
                : new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
        return joined(head, content);
    }

    private static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }
}
