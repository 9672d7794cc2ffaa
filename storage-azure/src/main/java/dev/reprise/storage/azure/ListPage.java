package dev.reprise.storage.azure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// One page of a listing ("List Blobs").
///
/// @param next where the next page begins; empty if this is the last
record ListPage(List<Blob> blobs, String next) {
    private static final String ROOT = "/EnumerationResults";
    private static final String BLOB = ROOT + "/Blobs/Blob";

    /// @param name whole
    /// @param size in bytes
    record Blob(String name, long size) {}

    /// @throws IOException if it is no such document, or leaves a size out: a page that cannot be read is no empty one
    static ListPage parse(byte[] document) throws IOException {
        var reading = new Reading();
        Xml.read(document, reading::element);
        if (!reading.whole) {
            throw new IOException("an answer that is no listing");
        }
        if (reading.bad) {
            throw new IOException("a listing with a blob that has no name or no size");
        }
        return new ListPage(reading.blobs, reading.next);
    }

    private static final class Reading {
        private final List<Blob> blobs = new ArrayList<>();
        private String next = "";
        private String name = "";
        private long size = -1;
        private boolean bad;
        private boolean whole;

        void element(String path, String text) {
            switch (path) {
                case BLOB + "/Name" -> name = text;
                case BLOB + "/Properties/Content-Length" -> size = number(text);
                case BLOB -> blob();
                case ROOT + "/NextMarker" -> next = text;
                case ROOT -> whole = true;
                default -> {}
            }
        }

        private void blob() {
            bad |= name.isEmpty() || size < 0;
            blobs.add(new Blob(name, size));
            name = "";
            size = -1;
        }

        private static long number(String text) {
            try {
                return Long.parseLong(text.strip());
            } catch (NumberFormatException e) {
                return -1;
            }
        }
    }
}
