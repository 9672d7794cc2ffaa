package dev.reprise.mount.fuse;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Answers requests about one tree. Safe for many threads, each with a reply of its own.
final class Conversation {
    private static final int MAJOR = 7;
    private static final int OLDEST_MINOR = 23;
    private static final int MINOR = 31;
    private static final int ASYNC_READ = 1;
    private static final int READDIRPLUS = 1 << 13;
    private static final int READDIRPLUS_AUTO = 1 << 14;
    private static final int PARALLEL_DIRECTORIES = 1 << 18;
    /// Reading from an aborted connection then fails otherwise than after unmounting.
    private static final int TELL_ABORTED = 1 << 21;
    private static final int MAX_PAGES = 1 << 22;
    private static final int WANTED =
            ASYNC_READ | READDIRPLUS | READDIRPLUS_AUTO | PARALLEL_DIRECTORIES | TELL_ABORTED | MAX_PAGES;
    /// Bytes of one read at most, and of our buffers.
    static final int MOST_BYTES = 1 << 18;

    private static final int PAGE_BYTES = 4096;
    private static final int MOST_WAITING = 64;
    private static final int WRITE_BYTES = 4096;
    private static final int KEEP_CACHE = 2;
    private static final int DIRECT = 1;
    private static final int LONGEST_TARGET = 4095;
    private static final RawName SELF = RawName.of(".");
    private static final RawName PARENT = RawName.of("..");

    private record OpenDirectory(NodeTable.Known directory, FuseNode.Listing listing) {}

    private final NodeTable nodes;
    private final Map<Long, FuseNode.Content> files = new ConcurrentHashMap<>();
    private final Map<Long, OpenDirectory> directories = new ConcurrentHashMap<>();
    private final AtomicLong handles = new AtomicLong(1);

    Conversation(NodeTable nodes) {
        this.nodes = nodes;
    }

    /// @return the whole reply; null when none is expected
    /// @throws Refusal with the error number to answer
    @Nullable
    ByteBuffer answer(Request request, Reply reply) throws IOException, Refusal {
        reply.begin();
        switch (request.opcode()) {
            case Opcode.FORGET -> {
                nodes.forget(request.node(), request.longAt(0));
                return null;
            }
            case Opcode.BATCH_FORGET -> {
                forgetMany(request);
                return null;
            }
            case Opcode.INTERRUPT -> {
                return null; // the answer comes soon enough
            }
            case Opcode.INIT -> init(request, reply);
            case Opcode.LOOKUP -> lookUp(request, reply);
            case Opcode.GETATTR -> {
                FuseNode node = known(request).node();
                reply.attributes(node, node.attributes());
            }
            case Opcode.READLINK -> readLink(request, reply);
            case Opcode.OPEN -> open(request, reply);
            case Opcode.READ -> read(request, reply);
            case Opcode.RELEASE -> files.remove(request.longAt(0));
            case Opcode.OPENDIR -> openDirectory(request, reply);
            case Opcode.READDIR -> readDirectory(request, reply, false);
            case Opcode.READDIRPLUS -> readDirectory(request, reply, true);
            case Opcode.RELEASEDIR -> closeDirectory(request);
            case Opcode.STATFS -> statistics(reply);
            case Opcode.LISTXATTR -> listAttributes(request, reply);
            case Opcode.GETXATTR -> attribute(request, reply);
            case Opcode.DESTROY -> {}
            default -> throw new Refusal(Errno.ENOSYS);
        }
        return reply.success(request.unique());
    }

    private static void init(Request request, Reply reply) throws Refusal {
        int major = request.intAt(0);
        int minor = request.intAt(4);
        if (major < MAJOR || (major == MAJOR && minor < OLDEST_MINOR)) {
            throw new Refusal(Errno.EPROTO);
        }
        int flags = request.intAt(12) & WANTED;
        reply.put32(MAJOR).put32(MINOR).put32(request.intAt(8)).put32(flags);
        reply.put16(MOST_WAITING).put16(MOST_WAITING * 3 / 4).put32(WRITE_BYTES).put32(1);
        reply.put16(MOST_BYTES / PAGE_BYTES).put16(0);
        for (int i = 0; i < 8; i++) {
            reply.put32(0);
        }
    }

    private void forgetMany(Request request) {
        int count = request.intAt(0);
        for (int i = 0; i < count; i++) {
            nodes.forget(request.longAt(8 + 16 * i), request.longAt(16 + 16 * i));
        }
    }

    private void lookUp(Request request, Reply reply) throws IOException, Refusal {
        NodeTable.Known directory = known(request);
        RawName name = request.nameAt(0);
        FuseNode found = directory.node() instanceof FuseNode.Directory list ? list.find(name) : null;
        if (found == null) {
            throw new Refusal(Errno.ENOENT);
        }
        Attributes attributes = found.attributes();
        reply.entry(nodes.tell(directory, name, found).number(), found, attributes);
    }

    private void readLink(Request request, Reply reply) throws Refusal {
        if (!(known(request).node() instanceof FuseNode.Link link)) {
            throw new Refusal(Errno.EINVAL);
        }
        if (link.target().length() > LONGEST_TARGET) {
            throw new Refusal(Errno.ENAMETOOLONG);
        }
        reply.put(link.target().bytes());
    }

    private void open(Request request, Reply reply) throws IOException, Refusal {
        FuseNode node = known(request).node();
        if (!(node instanceof FuseNode.File file)) {
            throw new Refusal(node instanceof FuseNode.Directory ? Errno.EISDIR : Errno.EOPNOTSUPP);
        }
        FuseNode.Content content = file.open();
        long handle = handles.getAndIncrement();
        files.put(handle, content);
        // Past the size it was told, the kernel would invent zeros.
        reply.put64(handle).put32(content.asLongAsSaid() ? KEEP_CACHE : DIRECT).put32(0);
    }

    private void read(Request request, Reply reply) throws IOException, Refusal {
        FuseNode.Content content = files.get(request.longAt(0));
        long offset = request.longAt(8);
        if (content == null || offset < 0) {
            throw new Refusal(Errno.EINVAL);
        }
        long length = request.intAt(16) & 0xffff_ffffL;
        if (length > reply.capacity()) {
            // A short answer would mean the end of the file.
            throw new IOException("the kernel asked for " + length + " bytes at once");
        }
        content.read(offset, (int) length, reply::put);
    }

    private void openDirectory(Request request, Reply reply) throws IOException, Refusal {
        NodeTable.Known directory = known(request);
        if (!(directory.node() instanceof FuseNode.Directory list)) {
            throw new Refusal(Errno.ENOTDIR);
        }
        var open = new OpenDirectory(directory, list.list());
        nodes.use(directory);
        long handle = handles.getAndIncrement();
        directories.put(handle, open);
        reply.put64(handle).put32(0).put32(0);
    }

    private void closeDirectory(Request request) {
        OpenDirectory closed = directories.remove(request.longAt(0));
        if (closed != null) {
            nodes.unuse(closed.directory());
        }
    }

    /// Position 0 is `.`, 1 is `..`, and 2 the first entry.
    private void readDirectory(Request request, Reply reply, boolean plus) throws IOException, Refusal {
        OpenDirectory open = directories.get(request.longAt(0));
        long position = request.longAt(8);
        if (open == null || position < 0) {
            throw new Refusal(Errno.EINVAL);
        }
        int limit = Math.min(request.intAt(16), reply.capacity());
        FuseNode.Listing listing = open.listing();
        for (long at = position; at < listing.size() + 2L; at++) {
            RawName name = at == 0 ? SELF : at == 1 ? PARENT : listing.name((int) at - 2);
            if (!reply.hasRoom(name, plus, limit)) {
                return;
            }
            if (at < 2) {
                NodeTable.Known shown =
                        at == 0 ? open.directory() : open.directory().directory();
                dots(reply, plus, shown, at, name);
            } else {
                entry(reply, plus, open, (int) at - 2, name);
            }
        }
    }

    private static void dots(Reply reply, boolean plus, NodeTable.Known shown, long at, RawName name)
            throws IOException {
        if (plus) {
            reply.noEntry();
        }
        reply.directoryEntry(shown.node().attributes().inode(), at + 1, Attributes.DIRECTORY, name);
    }

    private void entry(Reply reply, boolean plus, OpenDirectory open, int index, RawName name) throws IOException {
        FuseNode.Listing listing = open.listing();
        if (plus) {
            FuseNode node = listing.node(index);
            Attributes attributes = node.attributes();
            reply.entry(nodes.tell(open.directory(), name, node).number(), node, attributes);
        }
        reply.directoryEntry(listing.inode(index), index + 3L, listing.type(index), name);
    }

    private static void statistics(Reply reply) {
        for (int i = 0; i < 5; i++) {
            reply.put64(0);
        }
        reply.put32(PAGE_BYTES).put32(FuseNode.LONGEST_NAME).put32(PAGE_BYTES);
        for (int i = 0; i < 7; i++) {
            reply.put32(0);
        }
    }

    private void listAttributes(Request request, Reply reply) throws IOException, Refusal {
        List<RawName> names = known(request).node().extendedAttributes();
        int length = names.stream().mapToInt(name -> name.length() + 1).sum();
        if (sized(request, reply, length)) {
            for (RawName name : names) {
                reply.put(name.bytes()).put(new byte[1]);
            }
        }
    }

    private void attribute(Request request, Reply reply) throws IOException, Refusal {
        byte[] value = known(request).node().extendedAttribute(request.nameAt(8));
        if (value == null) {
            throw new Refusal(Errno.ENODATA);
        }
        if (sized(request, reply, value.length)) {
            reply.put(value);
        }
    }

    /// Programs ask for the length first, with room for none.
    ///
    /// @return whether the value itself is wanted
    private static boolean sized(Request request, Reply reply, int length) throws Refusal {
        int room = request.intAt(0);
        if (room == 0) {
            reply.put32(length).put32(0);
            return false;
        }
        if (length > room || length > reply.capacity()) {
            throw new Refusal(Errno.ERANGE);
        }
        return true;
    }

    private NodeTable.Known known(Request request) throws Refusal {
        NodeTable.Known known = nodes.find(request.node());
        if (known == null) {
            throw new Refusal(Errno.ENOENT);
        }
        return known;
    }
}
