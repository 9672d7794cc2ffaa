package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.compat.Damage.Harm;
import dev.reprise.compat.Damage.Kind;
import dev.reprise.compat.SavedFiles.Lost;
import dev.reprise.compat.SavedFiles.Saved;
import dev.reprise.compat.SavedFiles.SavedFile;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A copy of a repository, damaged, examined, mended by the verbs that the examination names, and compared with what it
/// was.
final class DamageCase {
    private static final int MOST_ROUNDS = 6;
    private static final Pattern AFFECTED =
            Pattern.compile("(?m)^error: \"(.+)\" of snapshot ([0-9a-f]{8}) cannot be restored whole$");

    private final DamageFixture fixture;
    private final List<Damage> damages;
    private final HistoryFixture copy;
    private final Path folder;
    private final StringBuilder said = new StringBuilder();

    DamageCase(DamageFixture fixture, String name, List<Damage> damages) throws IOException {
        this.fixture = fixture;
        this.damages = damages;
        copy = fixture.whole.copy(name);
        folder = Files.createDirectory(fixture.whole.home.resolve(name + "-cwd"));
    }

    HistoryFixture copy() {
        return copy;
    }

    void run() throws IOException {
        for (Damage damage : damages) {
            damage.inflict(copy.repository, fixture.otherConfig);
        }
        RepriseRestic reprise = opening();
        mend(reprise, examine(reprise));
        if (with(HistoryFixture.PASSWORD).run("cat", "config").status() != 0) {
            Path password = Files.writeString(folder.resolve("password"), HistoryFixture.PASSWORD);
            reprise.ok("key", "add", "--new-password-file", password.toString());
        }
        mustNameEveryDamage();
        copy.mustBeClean();
        nothingElseIsLost();
    }

    private boolean any(Kind kind, Harm... harms) {
        return damages.stream()
                .anyMatch(damage -> damage.kind() == kind
                        && (harms.length == 0 || Set.of(harms).contains(damage.harm())));
    }

    // Opening: config and keys come from a copy.

    /// Brings back what the messages name until a password opens.
    private RepriseRestic opening() throws IOException {
        for (int round = 0; round < 3; round++) {
            var err = new StringBuilder();
            for (String password : List.of(HistoryFixture.PASSWORD, "second")) {
                RepriseRestic.Result opened = with(password).run("cat", "config");
                err.append(opened.err());
                assertThat(opened.status()).as(opened.err()).isIn(0, 1, 10, 12);
                if (opened.status() == 0) {
                    said.append(err);
                    return with(password);
                }
            }
            said.append(err);
            if (err.toString().contains("config is damaged") || err.toString().contains("the file config of")) {
                assertThat(err).contains("put back a copy of");
                bringBack(Kind.CONFIG, "config");
            } else {
                assertThat(any(Kind.KEY)).as(err.toString()).isTrue();
                for (String key : fixture.objects(Kind.KEY)) {
                    bringBack(Kind.KEY, key);
                }
            }
        }
        throw new AssertionError("no password opens: " + said);
    }

    private RepriseRestic with(String password) {
        return RepriseRestic.of(copy.repository, password).in(folder);
    }

    private void bringBack(Kind kind, String object) throws IOException {
        Path to = Damage.file(copy.repository, kind, object);
        Files.deleteIfExists(to);
        Files.copy(Damage.file(fixture.whole.repository, kind, object), to);
    }

    // What the check says

    private RepriseRestic.Result check(RepriseRestic reprise) {
        RepriseRestic.Result told = reprise.run("check", "--read-data", "--no-lock", "-v");
        said.append(told.out()).append(told.err());
        return told;
    }

    private RepriseRestic.Result examine(RepriseRestic reprise) {
        RepriseRestic.Result told = check(reprise);
        boolean lossy = any(Kind.TREES) || any(Kind.DATA);
        if (lossy) {
            assertThat(told.status()).as(told.toString()).isEqualTo(1);
        }
        if (!any(Kind.INDEX) && !any(Kind.SNAPSHOT)) {
            affectedMustBe(told.err(), unreadable());
        }
        return told;
    }

    private void affectedMustBe(String err, Set<BlobHandle> lost) {
        // A tree that is in several places is named at one of them.
        Map<Lost, Set<String>> names = new HashMap<>();
        Set<String> snapshots = new TreeSet<>();
        for (Saved saved : fixture.saved.snapshots()) {
            saved.files().forEach((path, file) -> {
                if (file.needsAny(lost)) {
                    String name = file.namedAs(path, lost);
                    names.computeIfAbsent(file.lostWith(path, lost), _ -> new TreeSet<>())
                            .add(name);
                    snapshots.add(saved.shortId());
                }
            });
        }
        Set<String> named = new TreeSet<>();
        Matcher matcher = AFFECTED.matcher(err);
        while (matcher.find()) {
            named.add(matcher.group(1));
            assertThat(snapshots).contains(matcher.group(2));
        }
        assertThat(names.values())
                .as("affected files")
                .allSatisfy(possible -> assertThat(possible).containsAnyElementsOf(named));
        assertThat(names.values().stream().flatMap(Set::stream))
                .as("affected files")
                .containsAll(named);
        String line = err.lines()
                .filter(each -> each.startsWith("snapshots that cannot be restored whole: "))
                .findFirst()
                .map(each -> each.substring(each.indexOf(':') + 2))
                .orElse("");
        assertThat(line.isEmpty() ? Set.of() : Set.of(line.split(" ")))
                .as("affected snapshots")
                .isEqualTo(snapshots);
    }

    /// Blobs that cannot be restored as things are.
    private Set<BlobHandle> unreadable() {
        Set<BlobLocation> places = new HashSet<>(spoiled());
        for (Damage damage : damages) {
            if (damage.harm() == Harm.SWAP && damage.kind().type == Kind.DATA.type) {
                damage.objects().forEach(pack -> places.addAll(fixture.saved.of(ObjectId.parse(pack))));
            }
        }
        return lost(places);
    }

    private Set<BlobLocation> spoiled() {
        Set<BlobLocation> places = new HashSet<>();
        damages.forEach(damage -> places.addAll(damage.spoiled(fixture.saved)));
        return places;
    }

    private Set<BlobHandle> lost(Set<BlobLocation> spoiled) {
        return fixture.saved.blobs().entrySet().stream()
                .filter(blob -> spoiled.containsAll(blob.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /// Blobs that no verb can bring back: not readable anywhere, or in a pack that neither index nor header describes.
    private Set<BlobHandle> lostForEver() {
        Set<BlobLocation> places = new HashSet<>(spoiled());
        for (Damage damage : damages) {
            if (damage.hitsHeader(fixture.saved) && isUndescribed(damage.object())) {
                places.addAll(fixture.saved.of(ObjectId.parse(damage.object())));
            }
        }
        return lost(places);
    }

    private boolean isUndescribed(String pack) {
        Set<String> damaged = new HashSet<>();
        damages.stream()
                .filter(damage -> damage.kind() == Kind.INDEX)
                .forEach(damage -> damaged.addAll(damage.objects()));
        return fixture.objects(Kind.INDEX).stream()
                .filter(index -> !damaged.contains(index))
                .noneMatch(index -> fixture.packsOfIndex(index).contains(pack));
    }

    private void mustNameEveryDamage() {
        for (Damage damage : damages) {
            boolean nobodyKnows = damage.harm() == Harm.DELETE
                    && (damage.kind().type != Kind.DATA.type || isUndescribed(damage.object()));
            if (!nobodyKnows && damage.kind() != Kind.LOCK && damage.kind() != Kind.CONFIG) {
                assertThat(said.toString()).as(damage.toString()).contains(damage.objects());
            }
        }
    }

    // Mending

    /// Runs the commands the check names until it names none.
    private void mend(RepriseRestic reprise, RepriseRestic.Result examined) throws IOException {
        boolean changed = any(Kind.LOCK) || any(Kind.SNAPSHOT, Harm.DELETE) || any(Kind.POINT);
        if (any(Kind.LOCK)) {
            reprise.ok("unlock", "--remove-all");
        }
        if (any(Kind.SNAPSHOT, Harm.DELETE)) {
            reprise.ok("recover");
        }
        for (Damage damage : damages) {
            if (damage.kind() == Kind.POINT && damage.harm() != Harm.DELETE) {
                for (String point : damage.objects()) {
                    bringBack(Kind.POINT, point);
                }
            }
        }
        RepriseRestic.Result told = changed ? check(reprise) : examined;
        for (int round = 0; told.status() != 0; round++) {
            assertThat(round).as(said.toString()).isLessThan(MOST_ROUNDS);
            List<List<String>> commands = commands(told.err());
            assertThat(commands).as(told.err()).isNotEmpty();
            for (List<String> command : commands) {
                said.append(reprise.ok(command.toArray(String[]::new)).err());
            }
            told = check(reprise);
        }
        if (any(Kind.READINGS)) {
            reprise.ok("check", "--read-data"); // this one may write
            assertThat(check(reprise).out()).doesNotContain("is of no use, packs");
        }
    }

    private static List<List<String>> commands(String err) {
        List<List<String>> commands = new ArrayList<>();
        err.lines()
                .filter(line -> line.startsWith("restic "))
                .forEach(line -> commands.add(List.of(line.substring(7).split(" "))));
        return commands;
    }

    // What is left

    private void nothingElseIsLost() {
        Set<BlobHandle> lost = lostForEver();
        SavedFiles after = SavedFiles.of(copy);
        Set<String> unnamed = damages.stream()
                .filter(damage -> damage.kind() == Kind.SNAPSHOT)
                .flatMap(damage -> damage.objects().stream())
                .collect(Collectors.toSet());
        for (Saved saved : fixture.saved.snapshots()) {
            boolean recovered = unnamed.contains(saved.stored().id().hex());
            saved.files().forEach((path, file) -> {
                if (!file.needsAny(lost)) {
                    SavedFile found = recovered ? recovered(after, path, file) : kept(after, saved, path);
                    assertThat(found).as("%s of %s", path, saved.shortId()).isNotNull();
                    assertThat(Objects.requireNonNull(found).content())
                            .as("%s of %s", path, saved.shortId())
                            .isEqualTo(file.content());
                }
            });
        }
    }

    private static @Nullable SavedFile kept(SavedFiles after, Saved saved, String path) {
        return after.snapshots().stream()
                .filter(each -> each.stored()
                        .snapshot()
                        .time()
                        .equals(saved.stored().snapshot().time()))
                .map(each -> each.files().get(path))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /// `recover` puts every tree without a snapshot into a folder of its name; one that is a folder of another snapshot
    /// is found there, if need be without what is lost.
    private static @Nullable SavedFile recovered(SavedFiles after, String path, SavedFile file) {
        return after.snapshots().stream()
                .flatMap(each -> each.files().entrySet().stream())
                .filter(entry -> entry.getKey().endsWith(path))
                .map(Map.Entry::getValue)
                .filter(found -> found.content().equals(file.content()))
                .findFirst()
                .orElse(null);
    }

    @Override
    public String toString() {
        return damages + "\n" + said;
    }
}
