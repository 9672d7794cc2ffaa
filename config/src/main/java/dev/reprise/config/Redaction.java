package dev.reprise.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes passwords out of URLs, so that they can be shown.
public final class Redaction {
    private static final Pattern SCHEME =
            Pattern.compile("^(?:[a-z0-9+.-]+:)?[a-z][a-z0-9+.-]*://", Pattern.CASE_INSENSITIVE);
    private static final Pattern HOST_PORT_PATH = Pattern.compile("[^@/:]*:[0-9]*/.*");
    private static final Pattern SECRET_PARAMETER = Pattern.compile(
            "([?&][^=&#]*(?:password|passwd|secret|token|key)[^=&#]*=)[^&#]*", Pattern.CASE_INSENSITIVE);

    private Redaction() {}

    /// The URL with `(secret)` in place of its password and of query parameters that look like one. Other text is
    /// returned as it is.
    public static String url(String url) {
        Matcher scheme = SCHEME.matcher(url);
        String shown = scheme.find() ? withoutPassword(url, scheme.end()) : url;
        return SECRET_PARAMETER.matcher(shown).replaceAll("$1(secret)");
    }

    /// Passwords are often written without escaping, so everything up to the last `@` counts as one; rather hide too
    /// much than too little.
    private static String withoutPassword(String url, int start) {
        int at = url.lastIndexOf('@');
        int colon = url.indexOf(':', start);
        boolean noUser = at < start || colon < 0 || colon > at;
        if (noUser || HOST_PORT_PATH.matcher(url.substring(start, at)).matches()) {
            return url;
        }
        return url.substring(0, colon) + ":(secret)" + url.substring(at);
    }

    /// Whether [#url] would hide something.
    public static boolean hides(String url) {
        return !url(url).equals(url);
    }
}
