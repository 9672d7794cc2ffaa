package dev.reprise.storage.azure;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.azure.Ask.Content;
import dev.reprise.storage.spool.Spool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// Makes blobs: small ones in one request ("Put Blob"), others in blocks that nobody sees before their list is
/// committed
/// ("Put Block", "Put Block List"). Safe for many threads.
///
/// @param limits of one request
record AzureUpload(AzureAddress address, AzureDoor door, AzureStorage.Limits limits) {
    private static final int BUFFER = 64 << 10;

    /// Only `config` replaces what is there.
    ///
    /// @throws AzureStatusException which may say that a blob of that name exists
    void send(ObjectKey key, Spool content, AccessTier tier) throws IOException {
        String path = door.account().blobPath(address.container(), address.name(key.path()));
        if (content.size() <= limits.single()) {
            var body = new Content(content.size(), content::open);
            door.document(made(new Ask("PUT", path).with(body), key, tier)
                    .header("x-ms-blob-type", "BlockBlob")
                    .header("content-md5", md5(content.open())));
        } else {
            String list = blocks(path, content);
            byte[] bytes = list.getBytes(StandardCharsets.US_ASCII);
            var body = new Content(bytes.length, () -> new ByteArrayInputStream(bytes));
            door.document(made(new Ask("PUT", path).with(body), key, tier).query("comp", "blocklist"));
        }
    }

    private static Ask made(Ask ask, ObjectKey key, AccessTier tier) {
        return ask.header("x-ms-access-tier", tier.header())
                .header("if-none-match", key.type() == ObjectType.CONFIG ? "" : "*");
    }

    /// Sends every block. Each is named by its digest, as restic names it, so that whoever uploads the same content
    /// meanwhile makes the same blocks.
    ///
    /// @return the list to commit
    private String blocks(String path, Spool content) throws IOException {
        var list = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        for (long at = 0; at < content.size(); at += limits.block()) {
            long offset = at;
            long length = Math.min(limits.block(), content.size() - offset);
            String digest = md5(content.open(offset, length));
            door.document(new Ask("PUT", path)
                    .with(new Content(length, () -> content.open(offset, length)))
                    .query("comp", "block")
                    .query("blockid", digest)
                    .header("content-md5", digest));
            list.append("<Latest>").append(digest).append("</Latest>");
        }
        return list.append("</BlockList>").toString();
    }

    /// The service compares it with what arrives.
    private static String md5(InputStream content) throws IOException {
        try (content) {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            byte[] buffer = new byte[BUFFER];
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                md5.update(buffer, 0, count);
            }
            return Base64.getEncoder().encodeToString(md5.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
