package dev.reprise.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Requests as no kernel here sends them.
class ConversationTest {
    private final NodeTable nodes = new NodeTable(new MemoryTree.Folder(1));
    private final Conversation conversation = new Conversation(nodes);
    private final Reply reply =
            new Reply(ByteBuffer.allocate(Reply.HEADER_BYTES + 1000).order(ByteOrder.nativeOrder()));

    @Test
    void a_read_of_more_than_a_reply_holds_fails_instead_of_ending_the_file() throws Exception {
        var file = new MemoryTree.File(2, new byte[3000]);
        long number = nodes.tell(Objects.requireNonNull(nodes.find(NodeTable.ROOT)), RawName.of("f"), file)
                .number();
        ByteBuffer opened = conversation.answer(request(Opcode.OPEN, number, 0, 0, 0), reply);
        long handle = Objects.requireNonNull(opened).getLong(Reply.HEADER_BYTES);
        ByteBuffer read = conversation.answer(request(Opcode.READ, number, handle, 0, 1000), reply);
        assertThat(Objects.requireNonNull(read).remaining()).isEqualTo(Reply.HEADER_BYTES + 1000);
        assertThatThrownBy(() -> conversation.answer(request(Opcode.READ, number, handle, 0, 1001), reply))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1001 bytes");
        assertThatThrownBy(() -> conversation.answer(request(Opcode.READ, number, handle, 0, -1), reply))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("4294967295 bytes");
    }

    /// `struct fuse_in_header`, then two numbers of 64 bits and one of 32.
    private static Request request(int opcode, long node, long first, long second, int third) {
        ByteBuffer bytes = ByteBuffer.allocate(80).order(ByteOrder.nativeOrder());
        bytes.putInt(80).putInt(opcode).putLong(1).putLong(node);
        bytes.putLong(Request.HEADER_BYTES, first).putLong(Request.HEADER_BYTES + 8, second);
        bytes.putInt(Request.HEADER_BYTES + 16, third).position(0);
        return new Request(bytes);
    }
}
