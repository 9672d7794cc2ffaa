package dev.reprise.storage.sftp;

import dev.reprise.embedded.EmbeddedSshd;
import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.PlaceSettings.RateLimits;
import dev.reprise.storage.url.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// Opens places as the command line does.
final class Connecting {
    private Connecting() {}

    static Storage to(EmbeddedSshd server, String name) {
        return with(server.url(name).substring("sftp:".length()), "sftp.args", server.arguments());
    }

    /// The same over one connection for all, which starts faster; it ends with the server.
    static Storage shared(EmbeddedSshd server, String name) {
        String sharing = " -o ControlMaster=auto -o ControlPersist=yes -o ControlPath=";
        String socket = server.folder().resolveSibling("shared").toString();
        return with(server.url(name).substring("sftp:".length()), "sftp.args", server.arguments() + sharing + socket);
    }

    static Storage with(String address, String option, String value) {
        return with(address, option, value, Duration.ofMinutes(1));
    }

    static Storage with(String address, String option, String value, Duration stuck) {
        var transport = new Transport(List.of(), null, false, "reprise", stuck);
        var settings = new PlaceSettings(
                Map.of(), Path.of("/"), Map.of(option, value), transport, RateLimits.NONE, InstantSource.system());
        return new SftpPlace().open(address, settings);
    }
}
