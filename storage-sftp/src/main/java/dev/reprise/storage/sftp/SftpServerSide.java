package dev.reprise.storage.sftp;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.setup.Purpose;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.setup.Setup;
import dev.reprise.storage.setup.Setup.Form;
import dev.reprise.storage.setup.Setup.Part;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the host behind SSH is set up.
final class SftpServerSide implements ServerSide {
    private final SftpAddress address;
    private final SftpLine line;
    private final SftpFolders folders;
    private final SftpFailures failures;

    SftpServerSide(SftpAddress address, SftpLine line, SftpFolders folders, SftpFailures failures) {
        this.address = address;
        this.line = line;
        this.folders = folders;
        this.failures = failures;
    }

    /// By the file's modification time: SFTP has no other word for the hour.
    @Override
    public @Nullable Instant clock(ObjectKey fresh) {
        SftpConnection connection = line.connection();
        try {
            long modified = connection
                    .send(SftpRequest.stat(folders.file(fresh)))
                    .attributes()
                    .modified();
            return modified < 0 ? null : Instant.ofEpochSecond(modified);
        } catch (IOException e) {
            throw failures.translate("look up " + fresh, e);
        }
    }

    @Override
    public Setup setup(Purpose purpose) {
        String user = address.user().isEmpty() ? "USER" : address.user();
        String reading = purpose == Purpose.RESTORE ? " -R" : "";
        return new Setup(List.of(
                new Part(
                        Form.CONFIGURATION,
                        "/etc/ssh/sshd_config on " + address.host() + ": this user gets files and nothing else",
                        "Match User " + user + "\n    ChrootDirectory /srv/chroot/%u\n    ForceCommand internal-sftp"
                                + reading
                                + "\n    PasswordAuthentication no\n    DisableForwarding yes\n    PermitTTY no"),
                new Part(
                        Form.COMMANDS,
                        "there, as root: what sshd asks of such a folder, and one the user may write",
                        "install -d -o root -g root -m 0755 /srv/chroot/" + user + "\ninstall -d -o " + user
                                + " -m 0700 /srv/chroot/" + user + "/backup\nsshd -t && systemctl reload ssh"),
                new Part(
                        Form.NOTE,
                        "mind",
                        "With these settings the repository's path begins at the chroot folder: sftp:" + user + "@"
                                + address.host() + ":/backup"
                                + (purpose == Purpose.RESTORE
                                        ? ""
                                        : "\nSFTP cannot be append-only: who may write may delete. Against a thief with"
                                                + " this key use \"reprise restic serve --append-only\" on that host,"
                                                + " or snapshots of its file system that this user cannot reach."))));
    }
}
