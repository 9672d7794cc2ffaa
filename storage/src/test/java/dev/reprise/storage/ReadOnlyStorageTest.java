package dev.reprise.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.memory.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ReadOnlyStorageTest {
    private final MemoryStorage memory = new MemoryStorage();
    private final Storage readOnly = new ReadOnlyStorage(memory);

    @Test
    void everything_can_be_read() {
        memory.write(ObjectKey.CONFIG, new byte[] {1, 2});
        assertThat(readOnly.readAll(ObjectKey.CONFIG)).containsExactly(1, 2);
        assertThat(readOnly.size(ObjectKey.CONFIG)).isEqualTo(2);
        var found = new ArrayList<Storage.StoredObject>();
        readOnly.list(ObjectType.CONFIG, found::add);
        assertThat(found).hasSize(1);
    }

    @Test
    void nothing_can_be_changed() {
        memory.write(ObjectKey.CONFIG, new byte[] {1, 2});
        List<ThrowingCallable> changes = List.of(
                readOnly::create,
                () -> readOnly.draft(ObjectType.LOCK),
                () -> readOnly.write(ObjectKey.CONFIG, new byte[0]),
                () -> readOnly.delete(ObjectKey.CONFIG));
        for (ThrowingCallable change : changes) {
            assertThatThrownBy(change)
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED));
        }
        assertThat(memory.readAll(ObjectKey.CONFIG)).containsExactly(1, 2);
    }
}
