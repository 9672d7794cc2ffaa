package dev.reprise.storage.sftp;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A packet from the server, after its request's number. What it holds is not trusted: reading
/// past its end is a protocol error. Reading moves on; belongs to one thread at a time.
final class SftpReply {
    private static final int WORDS_CHARACTERS = 300;

    private final int type;
    private final ByteBuffer body;

    SftpReply(int type, ByteBuffer body) {
        this.type = type;
        this.body = body;
    }

    int type() {
        return type;
    }

    int number() throws IOException {
        try {
            return body.getInt();
        } catch (BufferUnderflowException e) {
            throw cut(e);
        }
    }

    long longNumber() throws IOException {
        try {
            return body.getLong();
        } catch (BufferUnderflowException e) {
            throw cut(e);
        }
    }

    /// A length and so many bytes, without a copy.
    ByteBuffer bytes() throws IOException {
        int length = number();
        if (length < 0 || length > body.remaining()) {
            throw cut(null);
        }
        ByteBuffer found = body.slice(body.position(), length);
        body.position(body.position() + length);
        return found;
    }

    String text() throws IOException {
        return StandardCharsets.UTF_8.decode(bytes()).toString();
    }

    boolean hasMore() {
        return body.hasRemaining();
    }

    /// @throws SftpStatusException unless this is the status OK
    void mustBeOk() throws IOException {
        SftpStatusException status = status();
        if (status.code() != SftpStatusException.OK) {
            throw status;
        }
    }

    /// @throws SftpStatusException if this is a status
    /// @throws IOException         if it is anything else but `wanted`
    void mustBe(int wanted) throws IOException {
        if (type != wanted) {
            throw status();
        }
    }

    private SftpStatusException status() throws IOException {
        if (type != SftpRequest.STATUS) {
            throw new SftpProtocolException("unexpected packet of type " + type);
        }
        int code = number();
        String words = hasMore() ? text() : "";
        return new SftpStatusException(code, Words.printable(words, WORDS_CHARACTERS));
    }

    SftpAttributes attributes() throws IOException {
        int flags = number();
        long size = (flags & SftpAttributes.SIZE) != 0 ? longNumber() : -1;
        if ((flags & SftpAttributes.OWNERS) != 0) {
            longNumber();
        }
        int mode = (flags & SftpAttributes.PERMISSIONS) != 0 ? number() : 0;
        long modified = (flags & SftpAttributes.TIMES) != 0 ? longNumber() & 0xffff_ffffL : -1; // after the last access
        int extensions = (flags & SftpAttributes.EXTENDED) != 0 ? number() : 0;
        for (int i = 0; i < extensions; i++) {
            bytes();
            bytes();
        }
        return new SftpAttributes(size, mode, modified);
    }

    /// What one reading of a folder gave.
    List<Entry> entries() throws IOException {
        int count = number();
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < count; i++) {
            String name = text();
            bytes(); // the line for people, as of `ls -l`
            entries.add(new Entry(name, attributes()));
        }
        return entries;
    }

    private static SftpProtocolException cut(@org.jspecify.annotations.Nullable Throwable cause) {
        var failure = new SftpProtocolException("a packet ends too early");
        failure.initCause(cause);
        return failure;
    }

    /// A name in a folder, with what the server told of it.
    record Entry(String name, SftpAttributes attributes) {}
}
