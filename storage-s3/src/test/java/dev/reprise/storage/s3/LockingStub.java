package dev.reprise.storage.s3;

import dev.reprise.storage.s3.StubServer.Asked;
import dev.reprise.storage.s3.StubServer.Reply;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// No store: versions, markers and Object Lock in a map, and what stores do wrong on purpose.
/// Real ones are attacked in the long profile; none of them does wrong when a test asks for it.
final class LockingStub implements Function<Asked, Reply> {
    /// What it does wrong, or allows.
    enum Way {
        NO_VERSIONS,
        IGNORES_LOCKS,
        REFUSES_LOCKS,
        KNOWS_NO_LOCKS,
        LETS_SHORTEN,
        LETS_DELETE,
        LETS_BYPASS,
        HIDES_RETENTION,
        LOCKS_BY_DEFAULT,
        INSISTS_ON_DAYS,
        BUSY_WHEN_ATTACKED
    }

    private static final Pattern MODE = Pattern.compile("<Mode>(\\w+)</Mode>");
    private static final Pattern UNTIL = Pattern.compile("<RetainUntilDate>([^<]+)</RetainUntilDate>");

    private final Set<Way> ways = EnumSet.noneOf(Way.class);
    private final Map<String, Deque<Version>> objects = new TreeMap<>();
    private int versions;
    private Instant now;

    LockingStub(Instant now) {
        this.now = now;
    }

    LockingStub with(Way... some) {
        ways.addAll(Set.of(some));
        return this;
    }

    void at(Instant time) {
        now = time;
    }

    private static final class Version {
        final String id;
        final Instant written;
        final @Nullable String body;
        String mode = "";

        @Nullable
        Instant until;

        /// @param body null for a marker
        Version(String id, Instant written, @Nullable String body) {
            this.id = id;
            this.written = written;
            this.body = body;
        }

        Map<String, String> headers(boolean withLock) {
            Map<String, String> headers = new HashMap<>();
            if (!id.isEmpty()) {
                headers.put("x-amz-version-id", id);
            }
            if (withLock && until != null) {
                headers.put("x-amz-object-lock-mode", mode);
                headers.put("x-amz-object-lock-retain-until-date", until.toString());
            }
            return headers;
        }
    }

    @Override
    public synchronized Reply apply(Asked request) {
        int question = request.target().indexOf('?');
        String path = question < 0 ? request.target() : request.target().substring(0, question);
        String query = question < 0 ? "" : request.target().substring(question + 1);
        if (query.contains("versions")) {
            return list();
        }
        Deque<Version> all = objects.computeIfAbsent(path, _ -> new ArrayDeque<>());
        Version version = find(all, query);
        boolean retention = query.contains("retention");
        return switch (request.method()) {
            case "PUT" -> retention ? retain(request, version) : put(request, all);
            case "HEAD", "GET" -> retention ? retention(version) : get(version);
            case "DELETE" -> delete(request, all, version, query.contains("versionId="));
            default -> new Reply(405, Map.of(), "");
        };
    }

    private static @Nullable Version find(Deque<Version> all, String query) {
        Matcher wanted = Pattern.compile("versionId=(\\w+)").matcher(query);
        if (!wanted.find()) {
            return all.peekFirst();
        }
        return all.stream()
                .filter(each -> each.id.equals(wanted.group(1)))
                .findFirst()
                .orElse(null);
    }

    private Reply put(Asked request, Deque<Version> all) {
        String mode = request.header("x-amz-object-lock-mode");
        String until = request.header("x-amz-object-lock-retain-until-date");
        boolean attack = request.body().startsWith("over");
        if (attack && ways.contains(Way.BUSY_WHEN_ATTACKED)) {
            return new Reply(503, Map.of(), StubServer.error("SlowDown"));
        }
        if (!mode.isEmpty() && ways.contains(Way.KNOWS_NO_LOCKS)) {
            return new Reply(501, Map.of(), StubServer.error("NotImplemented"));
        }
        if (!mode.isEmpty() && ways.contains(Way.REFUSES_LOCKS)) {
            return new Reply(400, Map.of(), StubServer.error("InvalidRequest"));
        }
        if (!mode.isEmpty()
                && ways.contains(Way.INSISTS_ON_DAYS)
                && Instant.parse(until).isBefore(now.plusSeconds(20 * 3600))) {
            return new Reply(403, Map.of(), StubServer.error("AccessDenied"));
        }
        String id = ways.contains(Way.NO_VERSIONS) ? "" : "v" + ++versions;
        var version = new Version(id, now, request.body());
        if (!mode.isEmpty() && !ways.contains(Way.IGNORES_LOCKS)) {
            version.mode = mode;
            version.until = Instant.parse(until);
        } else if (ways.contains(Way.LOCKS_BY_DEFAULT)) {
            version.mode = "COMPLIANCE";
            version.until = now.plusSeconds(30 * 24 * 3600);
        }
        if (ways.contains(Way.NO_VERSIONS)) {
            all.clear();
        }
        all.addFirst(version);
        return new Reply(200, version.headers(false), "");
    }

    private Reply get(@Nullable Version version) {
        if (version == null || version.body == null) {
            return new Reply(404, Map.of(), StubServer.error("NoSuchKey"));
        }
        return new Reply(200, version.headers(!ways.contains(Way.HIDES_RETENTION)), version.body);
    }

    private Reply retention(@Nullable Version version) {
        if (ways.contains(Way.HIDES_RETENTION)) {
            return new Reply(403, Map.of(), StubServer.error("AccessDenied"));
        }
        if (version == null || version.until == null) {
            return new Reply(404, Map.of(), StubServer.error("NoSuchObjectLockConfiguration"));
        }
        return new Reply(
                200,
                Map.of(),
                "<Retention><Mode>%s</Mode><RetainUntilDate>%s</RetainUntilDate></Retention>"
                        .formatted(version.mode, version.until));
    }

    private Reply retain(Asked request, @Nullable Version version) {
        if (version == null) {
            return new Reply(404, Map.of(), StubServer.error("NoSuchKey"));
        }
        Matcher mode = MODE.matcher(request.body());
        Matcher until = UNTIL.matcher(request.body());
        Instant wanted = until.find() ? Instant.parse(until.group(1)) : null;
        String wantedMode = mode.find() ? mode.group(1) : "";
        Instant kept = version.until;
        boolean weaker = kept != null && (wanted == null || wanted.isBefore(kept) || !wantedMode.equals(version.mode));
        if (weaker && !ways.contains(Way.LETS_SHORTEN) && !mayBypass(request, version)) {
            return new Reply(403, Map.of(), StubServer.error("AccessDenied"));
        }
        version.until = wanted;
        version.mode = wantedMode;
        return new Reply(200, Map.of(), "");
    }

    private boolean mayBypass(Asked request, Version version) {
        return version.mode.equals("GOVERNANCE")
                && ways.contains(Way.LETS_BYPASS)
                && request.header("x-amz-bypass-governance-retention").equals("true");
    }

    private Reply delete(Asked request, Deque<Version> all, @Nullable Version version, boolean named) {
        if (!named && !ways.contains(Way.NO_VERSIONS)) {
            all.addFirst(new Version("v" + ++versions, now, null));
            return new Reply(204, Map.of(), "");
        }
        if (version == null) {
            return new Reply(204, Map.of(), "");
        }
        boolean kept = version.until != null && version.until.isAfter(now);
        if (kept && !ways.contains(Way.LETS_DELETE) && !mayBypass(request, version)) {
            return new Reply(403, Map.of(), StubServer.error("AccessDenied"));
        }
        all.remove(version);
        return new Reply(204, Map.of(), "");
    }

    private Reply list() {
        var xml = new StringBuilder("<ListVersionsResult><IsTruncated>false</IsTruncated>");
        objects.forEach((path, all) -> all.forEach(version -> {
            String key = path.substring(path.indexOf('/', 1) + 1);
            String kind = version.body == null ? "DeleteMarker" : "Version";
            xml.append("<%s><Key>%s</Key><VersionId>%s</VersionId><LastModified>%s</LastModified>"
                    .formatted(kind, key, version.id, version.written));
            xml.append(version.body == null ? "" : "<Size>" + version.body.length() + "</Size>");
            xml.append("</").append(kind).append('>');
        }));
        return new Reply(200, Map.of(), xml.append("</ListVersionsResult>").toString());
    }
}
