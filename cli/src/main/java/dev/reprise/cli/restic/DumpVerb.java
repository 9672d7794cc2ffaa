package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.browse.Subfolder;
import dev.reprise.operations.dump.Dump;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "dump",
        description = "Print a file of a snapshot, or a folder as a tar or zip archive, to standard output.")
final class DumpVerb implements Callable<Integer> {
    private static final int BUFFER_BYTES = 1 << 16;

    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Option(
            names = {"-a", "--archive"},
            paramLabel = "format",
            description = "tar (default) or zip.")
    private String archive = "tar";

    @Option(
            names = {"-t", "--target"},
            paramLabel = "path",
            description = "Write to this file.")
    private String target = "";

    @Parameters(paramLabel = "snapshotID file", description = "A snapshot or latest, and a file, a folder or / in it.")
    private List<String> arguments = new ArrayList<>();

    DumpVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
    }

    @Override
    public Integer call() throws IOException {
        if (arguments.size() != 2) {
            throw new FatalException("no file and no snapshot ID specified");
        }
        Dump.Archive format = format();
        try (ResticRepository opened = global.openToReadBlobs()) {
            SnapshotArgument wanted = SnapshotArgument.parse(arguments.getFirst());
            StoredSnapshot found = wanted.find(opened.snapshots(global.output()), choice.filter());
            try (var reader = new TreeReader(opened.repository(), opened.index())) {
                ObjectId root = Subfolder.find(reader, found.snapshot().tree(), wanted.folder());
                Dump dump = find(reader, root);
                long leftOut = write(reader, dump, format);
                if (leftOut > 0) {
                    global.output()
                            .warning("%d entries were left out: a %s archive has no place for such types"
                                    .formatted(leftOut, archive));
                }
            }
        }
        return 0;
    }

    private Dump.Archive format() {
        return switch (archive) {
            case "tar" -> Dump.Archive.TAR;
            case "zip" -> Dump.Archive.ZIP;
            default -> throw new FatalException("unknown archive format \"" + archive + "\"");
        };
    }

    private Dump find(TreeReader reader, ObjectId root) {
        Dump dump;
        try {
            dump = Dump.find(reader, root, arguments.getLast());
        } catch (OperationException e) {
            throw new FatalException("cannot dump file: " + e.fact());
        }
        boolean terminal = target.isEmpty() && global.context().terminal().out();
        if (dump instanceof Dump.Folder && terminal) {
            throw new FatalException("cannot dump file: stdout is the terminal, please redirect output");
        }
        return dump;
    }

    private long write(TreeReader reader, Dump dump, Dump.Archive format) throws IOException {
        if (!target.isEmpty()) {
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(global.resolve(target)), BUFFER_BYTES)) {
                return dump.write(reader, format, out);
            }
        }
        var out = new BufferedOutputStream(global.output().raw(), BUFFER_BYTES);
        long leftOut = dump.write(reader, format, out);
        out.flush();
        return leftOut;
    }
}
