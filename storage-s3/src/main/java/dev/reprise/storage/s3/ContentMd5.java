package dev.reprise.storage.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// The value of `Content-MD5` (RFC 1864), which every S3 server compares with what it receives. Objects that are to be
/// kept are refused without.
final class ContentMd5 {
    private static final int BUFFER_BYTES = 64 * 1024;

    private ContentMd5() {}

    static String of(byte[] content) {
        try {
            return of(new ByteArrayInputStream(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
    }

    /// Reads to the end and does not close.
    static String of(InputStream content) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        MessageDigest digest = md5();
        for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
            digest.update(buffer, 0, count);
        }
        return Base64.getEncoder().encodeToString(digest.digest());
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
