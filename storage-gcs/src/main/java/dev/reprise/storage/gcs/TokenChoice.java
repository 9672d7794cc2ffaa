package dev.reprise.storage.gcs;

import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.web.Json;
import dev.reprise.storage.web.TokenExchange;
import dev.reprise.storage.web.TokenRefusedException;
import dev.reprise.storage.web.TokenSource;
import dev.reprise.storage.web.TokenSource.Token;
import dev.reprise.storage.web.Tokens;
import dev.reprise.storage.web.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// Finds credentials where restic and Google's own programs look: `GOOGLE_ACCESS_TOKEN`, the file
/// named by `GOOGLE_APPLICATION_CREDENTIALS`, the one `gcloud auth application-default login`
/// writes, the machine's own account.
final class TokenChoice {
    private static final String FILE = "GOOGLE_APPLICATION_CREDENTIALS";
    private static final long LONGEST_FILE = 1 << 20;

    private TokenChoice() {}

    static Tokens of(PlaceSettings settings, Web web) {
        String given = settings.variable("GOOGLE_ACCESS_TOKEN");
        TokenSource source = given.isEmpty() ? () -> found(settings, web) : () -> new Token(given, Instant.MAX);
        return new Tokens(source, settings.clock());
    }

    private static Token found(PlaceSettings settings, Web web) throws IOException {
        String named = settings.variable(FILE);
        if (!named.isEmpty()) {
            return ofFile(settings.workingDirectory().resolve(named), settings, web);
        }
        if (!settings.variable("STORAGE_EMULATOR_HOST").isEmpty()) {
            return new Token("", Instant.MAX); // it asks for none
        }
        Path usual = usualFile(settings);
        return Files.exists(usual) ? ofFile(usual, settings, web) : new MachineAccount(settings, web).fetch();
    }

    private static Path usualFile(PlaceSettings settings) {
        String configured = settings.variable("CLOUDSDK_CONFIG");
        String home = settings.variable("HOME");
        Path folder = configured.isEmpty() ? Path.of(home, ".config", "gcloud") : Path.of(configured);
        return settings.workingDirectory().resolve(folder).resolve("application_default_credentials.json");
    }

    private static Token ofFile(Path file, PlaceSettings settings, Web web) throws IOException {
        Json content = read(file);
        TokenSource source = switch (content.text("type")) {
            case "service_account" -> new ServiceAccount(content, new TokenExchange(web, settings.clock()));
            case "authorized_user" -> new AuthorizedUser(content, new TokenExchange(web, settings.clock()));
            case "external_account" ->
                new ExternalAccount(
                        content, settings.workingDirectory(), web, new TokenExchange(web, settings.clock()));
            default ->
                throw new TokenRefusedException(file
                        + " holds no credentials that can be used: its type is neither service_account nor"
                        + " authorized_user nor external_account");
        };
        return source.fetch();
    }

    private static Json read(Path file) throws TokenRefusedException {
        try {
            if (Files.size(file) > LONGEST_FILE) {
                throw new IOException("it is too long");
            }
            return Json.parse(Files.readAllBytes(file));
        } catch (IOException e) {
            // A file that is no JSON may be a key: its words are not repeated.
            String why =
                    e.getClass().getSimpleName().contains("NoSuchFile") ? "does not exist" : "cannot be read as JSON";
            throw new TokenRefusedException("the file of credentials " + file + " " + why);
        }
    }
}
