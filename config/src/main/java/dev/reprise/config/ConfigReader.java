package dev.reprise.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Reads a configuration and reports everything that is wrong with it at once.
public final class ConfigReader {
    /// A configuration is written by people. Anything beyond these is a mistake or an attack.
    private static final int MOST_BYTES = 1 << 20;

    private static final int MOST_DEPTH = 20;
    private static final int MOST_ALIASES = 100;

    private ConfigReader() {}

    /// @throws ConfigException with every error of the file, each with line and column
    public static RepriseConfig readFile(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path directory = absolute.getParent();
        if (directory == null) {
            throw ConfigException.of(file + " is a directory", "name the configuration file");
        }
        return read(decode(file, bytes(file)), shown(absolute), directory, othersMayRead(absolute));
    }

    /// Relative to the current directory where that is shorter.
    private static String shown(Path absolute) {
        Path here = Path.of("").toAbsolutePath();
        return absolute.startsWith(here) ? here.relativize(absolute).toString() : absolute.toString();
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw ConfigException.of(file + " is larger than 1 MiB", "check that it is the right file");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw ConfigException.of(
                    "there is no configuration file " + file,
                    "run \"reprise init\" to write one, or name another with --config",
                    e);
        } catch (AccessDeniedException e) {
            throw ConfigException.of(
                    file + " cannot be read: permission denied", "check its owner and mode, or run as its owner", e);
        } catch (IOException e) {
            throw ConfigException.of(file + " cannot be read: " + e.getMessage(), "check the file", e);
        }
    }

    private static String decode(Path file, byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw ConfigException.of(file + " is not UTF-8 text", "check that it is the right file", e);
        }
    }

    /// @param origin    where the text comes from, for messages: a file name
    /// @param directory absolute; relative paths start here
    public static RepriseConfig read(String text, String origin, Path directory) {
        return read(text, origin, directory, false);
    }

    private static RepriseConfig read(String text, String origin, Path directory, boolean othersMayRead) {
        var reading = new Reading(origin, directory, new Problems(), new ArrayList<>());
        Node root = compose(text, origin);
        Values values = reading.section(root, RootOptions.SECTION, "", List.of());
        if (values != null) {
            new CrossChecks(values, reading.problems()).run();
        }
        if (values == null || !reading.problems().isEmpty()) {
            throw ConfigException.wrong(origin, reading.problems().lines());
        }
        return config(values, origin, directory, warnings(values, reading, othersMayRead));
    }

    private static Node compose(String text, String origin) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(origin)
                .setSchema(new CoreSchema())
                .setCodePointLimit(MOST_BYTES)
                .build();
        try {
            refuseBombs(text, origin, settings);
            Optional<Node> root = new Compose(settings).composeString(text);
            return root.orElseThrow(() -> ConfigException.of(
                    origin + " is empty", "run \"reprise init\" to write a configuration to start from"));
        } catch (MarkedYamlEngineException e) {
            // Its own message repeats the line, which may hold a secret.
            Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
            Position position = mark == null
                    ? new Position(origin, 1, 1)
                    : new Position(origin, mark.getLine() + 1, mark.getColumn() + 1);
            throw ConfigException.wrong(origin, List.of(position + ": not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            throw ConfigException.wrong(origin, List.of(new Position(origin, 1, 1) + ": not YAML: " + e.getMessage()));
        }
    }

    /// Walks the events first, which takes no stack: composing nodes is recursive.
    private static void refuseBombs(String text, String origin, LoadSettings settings) {
        int depth = 0;
        int aliases = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event) {
                case CollectionStartEvent _ -> depth++;
                case CollectionEndEvent _ -> depth--;
                case AliasEvent _ -> aliases++;
                default -> {}
            }
            if (depth > MOST_DEPTH || aliases > MOST_ALIASES) {
                int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
                String what = depth > MOST_DEPTH ? MOST_DEPTH + " levels" : MOST_ALIASES + " aliases";
                throw ConfigException.wrong(
                        origin, List.of(new Position(origin, line, 1) + ": more than " + what + " are not allowed"));
            }
        }
    }

    private static RepriseConfig config(Values values, String origin, Path directory, List<String> warnings) {
        return new RepriseConfig(
                origin,
                directory,
                values.find(RootOptions.HOST),
                settings(values.get(RootOptions.REPOSITORIES), RepositorySettings::of),
                settings(values.get(RootOptions.SOURCES), SourceOptions::settings),
                settings(values.get(RootOptions.JOBS), JobOptions::settings),
                PriceOptions.table(values.find(RootOptions.PRICES)),
                warnings,
                values.shown());
    }

    private static <T> Map<String, T> settings(Map<String, Values> sections, BiFunction<String, Values, T> maker) {
        var settings = new LinkedHashMap<String, T>();
        sections.forEach((name, values) -> settings.put(name, maker.apply(name, values)));
        return settings;
    }

    private static List<String> warnings(Values values, Reading reading, boolean othersMayRead) {
        var warnings = new ArrayList<String>();
        for (String path : reading.inlineSecrets()) {
            warnings.add("the secret of " + path + " stands in the configuration itself");
        }
        if (othersMayRead && !reading.inlineSecrets().isEmpty()) {
            warnings.add(
                    reading.file() + " holds secrets and others may read it: run \"chmod 600 " + reading.file() + "\"");
        }
        var captured = new HashSet<String>();
        values.get(RootOptions.JOBS).values().forEach(job -> captured.addAll(job.get(JobOptions.SOURCES)));
        values.get(RootOptions.SOURCES).keySet().stream()
                .filter(name -> !captured.contains(name))
                .forEach(name -> warnings.add("no job captures the source " + name));
        return List.copyOf(warnings);
    }

    private static boolean othersMayRead(Path file) {
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            return mode.contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // nothing is known, so there is nothing to warn of
        }
    }
}
