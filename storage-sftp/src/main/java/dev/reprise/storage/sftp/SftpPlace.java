package dev.reprise.storage.sftp;

import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceKind;
import dev.reprise.storage.url.PlaceSettings;
import java.util.List;

/// Repositories on another host: `sftp:user@host:/path`, `sftp:user@host:relative/to/home`,
/// `sftp://host:2222//path`.
public final class SftpPlace implements PlaceKind {
    private static final String CONNECTIONS = "sftp.connections";
    private static final int USUAL_CONNECTIONS = 5;
    private static final int MOST_CONNECTIONS = 256;

    @Override
    public String scheme() {
        return "sftp";
    }

    @Override
    public List<PlaceOption> options() {
        return List.of(
                new PlaceOption(CONNECTIONS, "operations at a time, 2 or more (default: 5)"),
                new PlaceOption(SshCommand.COMMAND, "program that speaks SFTP on its standard streams, instead of ssh"),
                new PlaceOption(SshCommand.ARGUMENTS, "further arguments for ssh"));
    }

    /// Starts nothing yet: the first operation connects.
    @Override
    public Storage open(String address, PlaceSettings settings) {
        SftpAddress parsed = SftpAddress.parse(address);
        SshCommand command = SshCommand.of(parsed, settings);
        int connections = settings.number(CONNECTIONS, USUAL_CONNECTIONS, 2, MOST_CONNECTIONS);
        var line = new SftpLine(parsed, command, settings.transport().stuckRequest());
        return new SftpStorage(parsed, line, connections, settings.temporaryFolder());
    }
}
