package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.repository.key.Keyring;
import dev.reprise.repository.model.GoJsonWriter;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "List the keys.")
final class KeyListVerb implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    @Mixin
    private final ResticOptions global;

    KeyListVerb(CommandContext context) {
        this.global = new ResticOptions(context);
    }

    @Override
    public Integer call() {
        try (ResticRepository opened = global.openToRead()) {
            List<Keyring.Entry> keys = opened.repository()
                    .keyring()
                    .list((id, reason) ->
                            global.output().warning("LoadKey() failed: key %s: %s".formatted(id.hex(), reason)));
            if (global.json()) {
                json(keys);
            } else {
                table(keys);
            }
        }
        return 0;
    }

    private void json(List<Keyring.Entry> keys) {
        var json = new GoJsonWriter();
        char separator = '[';
        for (Keyring.Entry key : keys) {
            json.raw(separator)
                    .raw("{\"current\":")
                    .raw(String.valueOf(key.current()))
                    .raw(",\"id\":")
                    .id(key.id())
                    .raw(",\"userName\":")
                    .string(key.username())
                    .raw(",\"hostName\":")
                    .string(key.hostname())
                    .raw(",\"created\":")
                    .string(created(key))
                    .raw('}');
            separator = ',';
        }
        global.output().json(json.raw(keys.isEmpty() ? "null" : "]"));
    }

    private String created(Keyring.Entry key) {
        return TIME.format(key.created()
                .toOffsetDateTime()
                .atZoneSameInstant(global.context().zone()));
    }

    private void table(List<Keyring.Entry> keys) {
        int user = width("User", keys.stream().map(Keyring.Entry::username).toList());
        int host = width("Host", keys.stream().map(Keyring.Entry::hostname).toList());
        String form = "%-9s  %-" + user + "s  %-" + host + "s  %s";
        String rule = "-".repeat(9 + 2 + user + 2 + host + 2 + 19);
        global.output().result(form.formatted(" ID", "User", "Host", "Created"));
        global.output().result(rule);
        for (Keyring.Entry key : keys) {
            String id = (key.current() ? "*" : " ") + key.id().shortHex();
            global.output().result(form.formatted(id, key.username(), key.hostname(), created(key)));
        }
        global.output().result(rule);
    }

    private static int width(String head, List<String> texts) {
        return Math.max(
                head.length(), texts.stream().mapToInt(String::length).max().orElse(0));
    }
}
