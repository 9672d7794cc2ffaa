package dev.reprise.storage.proxy;

import java.net.InetAddress;

/// A range of addresses written as `10.0.0.0/8`.
final class Network {
    private Network() {}

    /// @param host only an address can lie in a network; nothing is asked of a name server
    static boolean covers(String network, String host) {
        int slash = network.indexOf('/');
        try {
            byte[] base = InetAddress.ofLiteral(network.substring(0, slash)).getAddress();
            byte[] address = InetAddress.ofLiteral(host).getAddress();
            int bits = Integer.parseInt(network.substring(slash + 1));
            return base.length == address.length && bits >= 0 && bits <= 8 * base.length && same(base, address, bits);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean same(byte[] base, byte[] address, int bits) {
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >>> (bit & 7);
            if (((base[bit >> 3] ^ address[bit >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
