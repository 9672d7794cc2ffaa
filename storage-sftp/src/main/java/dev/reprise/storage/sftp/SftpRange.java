package dev.reprise.storage.sftp;

import dev.reprise.storage.sftp.SftpConnection.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/// A range of an open file as a stream, asked for ahead of its reader. A file that ends early is
/// an error.
final class SftpRange extends InputStream {
    /// Every server gives so many bytes for one request.
    static final int PIECE = 32 << 10;
    /// Requests under way: as many bytes as OpenSSH lets a channel hold.
    private static final int WINDOW = 64;

    private final SftpConnection connection;
    private final byte[] handle;
    private final long end;
    private final Deque<Piece> asked = new ArrayDeque<>();
    private long nextAsked;
    private long left;
    private ByteBuffer current = ByteBuffer.allocate(0);

    private record Piece(long offset, int length, Answer answer) {}

    /// @param handle of a file opened for reading; not closed here
    SftpRange(SftpConnection connection, byte[] handle, long offset, long length) throws IOException {
        this.connection = connection;
        this.handle = handle;
        this.end = offset + length;
        this.nextAsked = offset;
        this.left = length;
        askAhead();
    }

    private void askAhead() throws IOException {
        while (asked.size() < WINDOW && nextAsked < end) {
            int length = (int) Math.min(PIECE, end - nextAsked);
            asked.addLast(ask(nextAsked, length));
            nextAsked += length;
        }
    }

    private Piece ask(long offset, int length) throws IOException {
        return new Piece(offset, length, connection.send(SftpRequest.read(handle, offset, length)));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        if (!current.hasRemaining()) {
            take();
        }
        int count = Math.min(length, current.remaining());
        current.get(into, offset, count);
        left -= count;
        return count;
    }

    private void take() throws IOException {
        Piece piece = asked.removeFirst();
        SftpReply reply = piece.answer.await();
        try {
            reply.mustBe(SftpRequest.DATA);
        } catch (SftpStatusException e) {
            throw e.code() == SftpStatusException.EOF ? new EndedEarlyException(piece.offset) : e;
        }
        current = reply.bytes();
        int missing = piece.length - current.remaining();
        if (missing < 0 || missing == piece.length) {
            throw new SftpProtocolException("asked for " + piece.length + " bytes, got " + current.remaining());
        }
        if (missing > 0) {
            // Less than asked for is no end of the file: servers may have smaller limits.
            asked.addFirst(ask(piece.offset + current.remaining(), missing));
        }
        askAhead();
    }

    /// Reads into one array of the right size instead of gathering pieces.
    @Override
    public byte[] readAllBytes() throws IOException {
        if (left > Integer.MAX_VALUE - 8) {
            throw new IOException("object too large for memory: " + left + " bytes");
        }
        byte[] all = new byte[(int) left];
        readNBytes(all, 0, all.length);
        return all;
    }

    @Override
    public int available() {
        return current.remaining();
    }

    /// The file is shorter than it was when it was opened.
    static final class EndedEarlyException extends IOException {
        private static final long serialVersionUID = 1;
        private final long size;

        EndedEarlyException(long size) {
            super("file ends at " + size + " bytes while it is read");
            this.size = size;
        }

        long size() {
            return size;
        }
    }
}
