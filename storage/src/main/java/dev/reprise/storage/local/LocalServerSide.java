package dev.reprise.storage.local;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.setup.Purpose;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.setup.Setup;
import dev.reprise.storage.setup.Setup.Form;
import dev.reprise.storage.setup.Setup.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What can be done for a directory. If it lies on a network, its server's clock stamps the files.
final class LocalServerSide implements ServerSide {
    private final Path root;
    private final Function<ObjectKey, Path> files;
    private final LocalFailures failures;

    LocalServerSide(Path root, Function<ObjectKey, Path> files, LocalFailures failures) {
        this.root = root;
        this.files = files;
        this.failures = failures;
    }

    @Override
    public Instant clock(ObjectKey fresh) {
        try {
            return Files.getLastModifiedTime(files.apply(fresh)).toInstant();
        } catch (IOException e) {
            throw failures.translate("look up " + fresh, e, 0);
        }
    }

    @Override
    public Setup setup(Purpose purpose) {
        String folder = "'" + root.toString().replace("'", "'\\''") + "'";
        List<Part> parts = new ArrayList<>();
        if (purpose == Purpose.RESTORE) {
            parts.add(new Part(
                    Form.COMMANDS,
                    "let another user read and nothing else",
                    "setfacl -R -m u:USER:rX -m d:u:USER:rX " + folder));
        } else {
            parts.add(new Part(
                    Form.COMMANDS,
                    "nobody but the user of the backup",
                    "chown -R USER: " + folder + "\nchmod 0700 " + folder));
            parts.add(new Part(
                    Form.NOTE,
                    "mind",
                    "Who may write into a directory may delete from it, and root may anyway. A copy that this machine"
                            + " cannot reach is the only protection: a second repository of the job, append-only or"
                            + " with Object Lock."));
        }
        return new Setup(parts);
    }
}
