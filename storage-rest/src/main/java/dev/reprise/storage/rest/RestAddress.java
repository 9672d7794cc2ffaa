package dev.reprise.storage.rest;

import dev.reprise.storage.url.StorageUrlException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Where a server is and who asks.
///
/// @param tls      whether to speak TLS
/// @param host     name or address, without brackets; `localhost` for a Unix socket
/// @param port     0 for a Unix socket
/// @param socket   Unix socket; null for TCP
/// @param path     encoded as requests need it; begins and ends with `/`
/// @param user     may be empty, as restic's
/// @param password never printed
record RestAddress(
        boolean tls, String host, int port, @Nullable Path socket, String path, String user, String password) {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int LARGEST_PORT = 65_535;
    private static final String UNIX = "http+unix://";

    /// @param address  what follows `rest:`
    /// @param user     when the address names nobody
    /// @param password as `user`
    static RestAddress parse(String address, String user, String password) {
        int schemeEnd = address.indexOf("://");
        String scheme = schemeEnd < 0 ? "" : address.substring(0, schemeEnd + 3);
        return switch (scheme) {
            case "http://" -> tcp(address.substring(scheme.length()), false, user, password);
            case "https://" -> tcp(address.substring(scheme.length()), true, user, password);
            case UNIX -> unix(address.substring(scheme.length()), user, password);
            case "https+unix://" ->
                throw refused("TLS over a Unix socket is not supported", "use http+unix: nobody can read along there");
            default -> throw refused("the address does not begin with http://, https:// or http+unix://", EXAMPLE);
        };
    }

    private static final String EXAMPLE = "write rest:https://host:8000/repository/";

    private static RestAddress tcp(String rest, boolean tls, String user, String password) {
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "/" : rest.substring(slash);
        int at = authority.lastIndexOf('@');
        String[] who = credentials(at < 0 ? "" : authority.substring(0, at), user, password);
        String place = authority.substring(at + 1);
        int colon = place.startsWith("[") ? place.indexOf(':', Math.max(0, place.indexOf(']'))) : place.indexOf(':');
        String host = colon < 0 ? place : place.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (!host.matches("[\\p{L}0-9._:%-]+")) {
            throw refused("the address names no host", EXAMPLE);
        }
        int port = colon < 0 || colon == place.length() - 1
                ? (tls ? HTTPS_PORT : HTTP_PORT)
                : port(place.substring(colon + 1));
        return new RestAddress(tls, host, port, null, encoded(path), who[0], who[1]);
    }

    /// `[user:password@]/path/of.sock:/repository/`.
    private static RestAddress unix(String rest, String user, String password) {
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        if (slash < 0 || !(authority.isEmpty() || authority.endsWith("@"))) {
            throw refused("the address names no Unix socket", "write rest:http+unix:///run/rest.sock:/repository/");
        }
        String[] who =
                credentials(authority.isEmpty() ? "" : authority.substring(0, authority.length() - 1), user, password);
        String both = rest.substring(slash);
        int colon = both.indexOf(':');
        Path socket = Path.of(colon < 0 ? both : both.substring(0, colon));
        String path = colon < 0 ? "/" : both.substring(colon + 1);
        return new RestAddress(
                false, "localhost", 0, socket, encoded(path.startsWith("/") ? path : "/" + path), who[0], who[1]);
    }

    private static String[] credentials(String userInfo, String user, String password) {
        int colon = userInfo.indexOf(':');
        String name = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
        String secret = colon < 0 ? "" : decoded(userInfo.substring(colon + 1));
        return name.isEmpty() && colon < 0 ? new String[] {user, password} : new String[] {name, secret};
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // The cause would repeat a part of the password.
            throw refused("the user or password has a % that begins no code", "write %25 for %");
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= LARGEST_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            // A password with an unencoded slash ends up here: not to be repeated.
        }
        throw refused("the port is not a number from 1 to 65535", "write %2F for a slash in a password");
    }

    /// Whatever may not stand in a request line as it is, with `%` codes; those that are there stay.
    private static String encoded(String path) {
        if (path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
            throw refused("the path has a ? or #", "write %3F or %23 for it");
        }
        var text = new StringBuilder();
        for (byte one : path.getBytes(StandardCharsets.UTF_8)) {
            if (one > ' ' && one < 0x7f && "\"<>\\^`{|}".indexOf(one) < 0) {
                text.append((char) one);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(one));
            }
        }
        return text.append(path.endsWith("/") ? "" : "/").toString();
    }

    private static StorageUrlException refused(String fact, String hint) {
        return new StorageUrlException("not the address of a REST server: " + fact, hint, null);
    }

    /// For people, without credentials, in restic's syntax.
    String location() {
        String place = socket == null ? (tls ? "https://" : "http://") + authority() : UNIX + socket + ":";
        return "rest:" + place + path;
    }

    /// Host and port as the `Host` header has them.
    String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        boolean usual = port == 0 || port == (tls ? HTTPS_PORT : HTTP_PORT);
        return usual ? name : name + ":" + port;
    }

    /// Without the password.
    @Override
    public String toString() {
        return location();
    }
}
