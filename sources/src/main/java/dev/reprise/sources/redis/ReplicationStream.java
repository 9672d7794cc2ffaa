package dev.reprise.sources.redis;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/// The RDB a server sends to a new replica, without its frame.
///
/// The server first sends empty lines as signs of life, then either `$<length>` and that many bytes, or
/// `$EOF:<40 characters>`, the bytes, and the same 40 characters. A connection cut before the end is a failure.
/// Belongs to one thread.
final class ReplicationStream extends InputStream {
    private static final int MARK_BYTES = 40;
    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream input;
    private final byte[] mark; // empty: the length is known
    private long left; // bytes to come, if the length is known
    private long passed;
    private final byte[] buffer = new byte[BUFFER_BYTES + MARK_BYTES]; // bytes read; the last 39 may begin the mark
    private int from;
    private int safe; // bytes before this index are not part of the mark
    private int to;
    private boolean ended;

    private final String replicationId;
    private final long offset;

    private ReplicationStream(InputStream input, String header, String replicationId, long offset) throws IOException {
        this.input = input;
        this.replicationId = replicationId;
        this.offset = offset;
        if (header.startsWith("$EOF:") && header.length() == 5 + MARK_BYTES) {
            this.mark = header.substring(5).getBytes(StandardCharsets.ISO_8859_1);
        } else if (header.matches("\\$\\d{1,18}")) {
            this.mark = new byte[0];
            this.left = Long.parseLong(header.substring(1));
        } else {
            throw new IOException("unexpected start of the replication stream");
        }
    }

    /// Asks for a full synchronisation and waits for its start.
    ///
    /// @param server its version. Valkey takes a replica that does not announce one for an old server,
    ///               and then fails over the first key that an old server could not hold
    static ReplicationStream request(RedisConnection connection, String server) throws IOException {
        if (server.startsWith("valkey-")) {
            optional(connection, "REPLCONF", "version", server.substring("valkey-".length()));
        }
        optional(connection, "REPLCONF", "rdb-only", "1"); // 7.0+: do not queue later commands for us
        optional(connection, "REPLCONF", "capa", "eof"); // the second form of frame is welcome
        connection.send("PSYNC", "?", "-1");
        String answer = nextLine(connection);
        String[] words = answer.split(" ", -1);
        if (answer.startsWith("-")) {
            throw new RedisConnection.ErrorReply(answer.substring(1));
        } else if (words.length < 3 || !words[0].equals("+FULLRESYNC")) {
            throw new IOException("unexpected answer to PSYNC");
        }
        try {
            long offset = Long.parseLong(words[2]);
            return new ReplicationStream(connection.input(), header(connection), words[1], offset);
        } catch (NumberFormatException e) {
            throw new IOException("unexpected answer to PSYNC", e);
        }
    }

    private static String header(RedisConnection connection) throws IOException {
        String header = nextLine(connection);
        if (header.startsWith("-")) {
            throw new RedisConnection.ErrorReply(header.substring(1));
        }
        return header;
    }

    /// The next line that is no sign of life.
    private static String nextLine(RedisConnection connection) throws IOException {
        String line = connection.line();
        while (line.isEmpty()) {
            line = connection.line();
        }
        return line;
    }

    /// Servers that do not know the option answer with an error, and we do without.
    private static void optional(RedisConnection connection, String... words) throws IOException {
        try {
            connection.command(words);
        } catch (RedisConnection.ErrorReply e) {
            if (e.startsWith("NOPERM") || e.startsWith("NOAUTH")) {
                throw e;
            }
        }
    }

    String replicationId() {
        return replicationId;
    }

    /// Where in the replication stream the RDB ends, in bytes.
    long offset() {
        return offset;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        int count = mark.length == 0 ? readCounted(into, offset, length) : readMarked(into, offset, length);
        passed += Math.max(0, count);
        return count;
    }

    private int readCounted(byte[] into, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = input.read(into, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw cut();
        }
        left -= count;
        return count;
    }

    private int readMarked(byte[] into, int offset, int length) throws IOException {
        while (from == safe) {
            if (ended) {
                return -1;
            }
            fill();
        }
        int count = Math.min(length, safe - from);
        System.arraycopy(buffer, from, into, offset, count);
        from += count;
        return count;
    }

    private void fill() throws IOException {
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        int count = input.read(buffer, to, buffer.length - to);
        if (count < 0) {
            throw cut();
        }
        to += count;
        int found = indexOfMark();
        ended = found >= 0;
        safe = ended ? found : Math.max(0, to - MARK_BYTES + 1);
    }

    private int indexOfMark() {
        for (int i = 0; i + MARK_BYTES <= to; i++) {
            if (buffer[i] == mark[0] && Arrays.equals(buffer, i, i + MARK_BYTES, mark, 0, MARK_BYTES)) {
                return i;
            }
        }
        return -1;
    }

    private EOFException cut() {
        return new EOFException("the connection was cut after " + passed + " bytes of the RDB");
    }
}
