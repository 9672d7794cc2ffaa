package dev.reprise.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeModeTest {
    /// Values stock restic stored.
    @ParameterizedTest
    @CsvSource({
        "040755, 2147484141",
        "100644, 420",
        "120777, 134218239",
        "060640, 67109280",
        "020644, 69206436",
        "010644, 33554852",
        "106755, 12583405",
        "041777, 2148532735",
        "100000, 0",
        "140755, 16777709",
        "000644, 524708",
    })
    void modes_are_translated_as_restic_does(String unixOctal, long goMode) {
        int unixMode = Integer.parseInt(unixOctal, 8);
        assertThat(NodeMode.toGo(unixMode)).isEqualTo(goMode);
        assertThat(NodeMode.toUnixPermissions(goMode)).isEqualTo(unixMode & 07777);
    }

    @Test
    void every_permission_survives_the_way_there_and_back() {
        for (int permissions = 0; permissions <= 07777; permissions++) {
            for (int type : new int[] {0100000, 0040000, 0120000, 0060000, 0020000, 0010000, 0140000}) {
                assertThat(NodeMode.toUnixPermissions(NodeMode.toGo(type | permissions)))
                        .isEqualTo(permissions);
            }
        }
    }

    @Test
    void bits_a_tree_may_not_hold_are_ignored() {
        assertThat(NodeMode.toUnixPermissions(0xffff_ffffL)).isEqualTo(07777);
        assertThat(NodeMode.toUnixPermissions(0x7000_fe00L)).isZero();
    }
}
