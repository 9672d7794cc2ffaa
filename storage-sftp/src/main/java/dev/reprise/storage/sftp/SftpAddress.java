package dev.reprise.storage.sftp;

import dev.reprise.storage.url.StorageUrlException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a repository lies, as restic writes it.
///
/// @param user empty for the one `ssh` chooses
/// @param host name, address or alias from the configuration of `ssh`; without brackets
/// @param port empty for the one `ssh` chooses
/// @param path clean; absolute, or relative to the folder the login starts in
record SftpAddress(String user, String host, String port, String path) {
    private static final String FORMS = "write sftp:user@host:/srv/backup or sftp://user@host:2222//srv/backup";
    private static final Pattern AUTHORITY = Pattern.compile(
            "(?:(?<user>[^:]*)(?::.*)?@)?(?:\\[(?<v6>[^\\]]*)\\]|(?<host>[^:\\[\\]@]*))(?::(?<port>[0-9]*))?");
    /// User names may hold `@`; hosts may not.
    private static final Pattern SHORT =
            Pattern.compile("(?:(?<user>[^:]*)@)?(?:\\[(?<v6>[^\\]]*)\\]|(?<host>[^:@]*)):(?<path>.*)", Pattern.DOTALL);

    /// @param address what follows `sftp:`
    /// @throws StorageUrlException if it names no host or no folder; the message repeats nothing
    ///     of it
    static SftpAddress parse(String address) {
        SftpAddress parsed = address.startsWith("//") ? url(address.substring(2)) : brief(address);
        if (parsed.host.isEmpty()) {
            throw refused("names no host");
        }
        if (parsed.host.startsWith("-") || parsed.user.startsWith("-")) {
            throw refused("has a host or user that ssh would take for an option");
        }
        if (parsed.path.startsWith("~")) {
            String hint = "write a path relative to the home folder without ~/, as in sftp:user@host:backup";
            throw new StorageUrlException(
                    "the path of the sftp: URL starts with ~, which servers do not know", hint, null);
        }
        return parsed;
    }

    private static SftpAddress brief(String address) {
        Matcher parts = SHORT.matcher(address);
        if (!parts.matches()) {
            throw refused("has no colon between host and path");
        }
        return new SftpAddress(group(parts, "user"), host(parts), "", clean(group(parts, "path")));
    }

    private static SftpAddress url(String address) {
        String withoutQuery = address.split("[?#]", 2)[0];
        int slash = withoutQuery.indexOf('/');
        if (slash < 0) {
            throw refused("names no folder");
        }
        Matcher parts = AUTHORITY.matcher(withoutQuery.substring(0, slash));
        if (!parts.matches()) {
            throw refused("is malformed before its path");
        }
        String path = clean(decoded(withoutQuery.substring(slash + 1)));
        return new SftpAddress(decoded(group(parts, "user")), host(parts), group(parts, "port"), path);
    }

    private static String host(Matcher parts) {
        return group(parts, "v6") + group(parts, "host");
    }

    private static String group(Matcher parts, String name) {
        String value = parts.group(name);
        return value == null ? "" : value;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new StorageUrlException("the sftp: URL has a malformed percent escape", FORMS, e);
        }
    }

    private static StorageUrlException refused(String why) {
        return new StorageUrlException("the sftp: URL " + why, FORMS, null);
    }

    /// As Go's `path.Clean`, by which restic finds its repositories.
    private static String clean(String path) {
        boolean absolute = path.startsWith("/");
        Deque<String> kept = new ArrayDeque<>();
        for (String part : path.split("/+", -1)) {
            boolean up = part.equals("..");
            if (up && !kept.isEmpty() && !kept.getLast().equals("..")) {
                kept.removeLast();
            } else if (!part.isEmpty() && !part.equals(".") && !(up && absolute)) {
                kept.add(part);
            }
        }
        String joined = String.join("/", kept);
        if (absolute) {
            return "/" + joined;
        }
        return joined.isEmpty() ? "." : joined;
    }

    /// As the user would write it, without what may have been a password.
    String location() {
        String who = user.isEmpty() ? "" : user + "@";
        String where = host.contains(":") ? "[" + host + "]" : host;
        return port.isEmpty() ? "sftp:" + who + where + ":" + path : "sftp://" + who + where + ":" + port + "/" + path;
    }

    /// A path below the repository.
    String resolve(String below) {
        if (path.equals(".")) {
            return below;
        }
        return path.endsWith("/") ? path + below : path + "/" + below;
    }
}
