package dev.reprise.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// What this program is.
///
/// @param version of the release, `0.1.0`
/// @param build   names the sources it was built from; `development` outside a packaged build
public record BuildInfo(String version, String build) {
    /// Reads what the build recorded.
    public static BuildInfo read() {
        var properties = new Properties();
        try (InputStream in = BuildInfo.class.getResourceAsStream("build.properties")) {
            if (in == null) {
                throw new IllegalStateException("build.properties is not on the class path");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new BuildInfo(properties.getProperty("version"), properties.getProperty("build"));
    }
}
