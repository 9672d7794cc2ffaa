package dev.reprise.storage.rest;

import java.io.InputStream;
import java.util.List;
import java.util.function.Supplier;

/// One request, without what every request carries.
///
/// @param target  path and query, encoded
/// @param headers name and value, in this order
record Request(String method, String target, List<Header> headers, Content content) {
    /// Whether doing it twice is the same as doing it once, whatever the first attempt came to.
    boolean repeatable() {
        return !method.equals("POST");
    }

    record Header(String name, String value) {}

    /// What is sent behind the headers.
    sealed interface Content {
        record None() implements Content {}

        /// A chunked body without a byte, as restic sends it when it creates a repository.
        record EmptyChunked() implements Content {}

        /// @param length in bytes
        /// @param open   gives all of them anew at each call
        record Sized(long length, Supplier<InputStream> open) implements Content {}
    }
}
