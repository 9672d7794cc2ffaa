package dev.reprise.storage.sftp;

import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.StorageUrlException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The program that connects, with its arguments: `ssh HOST [-p PORT] [-l USER] [ARGUMENTS] -s
/// sftp` as restic starts it, or what the user gave.
///
/// @param words       program and arguments
/// @param own         whether the user gave it, so that nothing is known about it
/// @param environment all of it, without credentials that are none of its business
record SshCommand(List<String> words, boolean own, Map<String, String> environment) {
    static final String COMMAND = "sftp.command";
    static final String ARGUMENTS = "sftp.args";

    private static final List<String> CREDENTIALS =
            List.of("RESTIC_", "REPRISE_", "AWS_", "GOOGLE_", "AZURE_", "B2_", "OS_", "ST_");

    static SshCommand of(SftpAddress address, PlaceSettings settings) {
        Map<String, String> environment = new TreeMap<>(settings.environment());
        environment.keySet().removeIf(name -> CREDENTIALS.stream().anyMatch(name::startsWith));
        String command = settings.option(COMMAND, "");
        String arguments = settings.option(ARGUMENTS, "");
        if (command.isEmpty()) {
            return new SshCommand(ssh(address, ShellWords.split(ARGUMENTS, arguments)), false, environment);
        }
        if (!arguments.isEmpty()) {
            String fact = "options " + COMMAND + " and " + ARGUMENTS + " are both given";
            throw new StorageUrlException(fact, "put the arguments into " + COMMAND, null);
        }
        List<String> words = ShellWords.split(COMMAND, command);
        if (words.isEmpty()) {
            throw new StorageUrlException("option " + COMMAND + " is blank", "name a program", null);
        }
        return new SshCommand(words, true, environment);
    }

    private static List<String> ssh(SftpAddress address, List<String> more) {
        var words = new ArrayList<>(List.of("ssh", address.host()));
        if (!address.port().isEmpty()) {
            words.addAll(List.of("-p", address.port()));
        }
        if (!address.user().isEmpty()) {
            words.addAll(List.of("-l", address.user()));
        }
        words.addAll(more);
        words.addAll(List.of("-s", "sftp"));
        return words;
    }

    /// The same connection for people to try by hand: without the request for SFTP.
    String forPeople() {
        return String.join(" ", own ? words : words.subList(0, words.size() - 2));
    }

    /// Tells more and asks nobody.
    SshCommand talkative() {
        List<String> more = Stream.of(
                        words.subList(0, 1), List.of("-v", "-o", "BatchMode=yes"), words.subList(1, words.size()))
                .flatMap(List::stream)
                .toList();
        return new SshCommand(more, own, environment);
    }
}
