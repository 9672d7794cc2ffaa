package dev.reprise.storage.sftp;

import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes of what `ssh` said when it gave up one error with the next command to run.
///
/// @param lines of its standard error
record SshComplaint(SftpAddress address, SshCommand command, List<String> lines) {
    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/=]+");
    private static final Pattern ABSENT = Pattern.compile("Name or service not known|not known|No address associated");
    private static final Pattern UNREACHABLE = Pattern.compile(
            "Connection (refused|timed out|closed|reset)|Operation timed out|No route to host|Network is unreachable"
                    + "|Temporary failure in name resolution|Broken pipe|kex_exchange_identification|Host is down"
                    + "|Timeout, server|banner exchange",
            Pattern.CASE_INSENSITIVE);

    StorageException translate(IOException failure) {
        if (says("REMOTE HOST IDENTIFICATION HAS CHANGED")) {
            return changedHost();
        }
        if (says("Host key verification failed") || says("host key is known for")) {
            return unknownHost();
        }
        if (says("Permission denied") || says("Too many authentication failures")) {
            return denied();
        }
        if (says(": not found") || says("No such file or directory")) {
            return missing();
        }
        Kind kind = kind(failure);
        String hint = "try \"" + command.forPeople() + "\"";
        return new StorageException(
                kind, "could not connect to " + address.location() + ": " + why(failure), hint, failure);
    }

    private Kind kind(IOException failure) {
        if (failure instanceof SftpLostException lost && lost.isSilent()) {
            return Kind.UNREACHABLE;
        }
        boolean transientlyGone =
                lines.stream().anyMatch(line -> UNREACHABLE.matcher(line).find());
        boolean nameless = lines.stream().anyMatch(line -> ABSENT.matcher(line).find());
        boolean silent = lines.isEmpty() && !(failure instanceof SftpProtocolException);
        return !nameless && (transientlyGone || silent) ? Kind.UNREACHABLE : Kind.OTHER;
    }

    private String why(IOException failure) {
        boolean silent = failure instanceof SftpLostException lost && lost.isSilent();
        return silent || lines.isEmpty() ? String.valueOf(failure.getMessage()) : lines.getLast();
    }

    private StorageException changedHost() {
        String key = fingerprint(lines).map(found -> ": it is now " + found).orElse("");
        String remove = lines.stream()
                .map(String::strip)
                .filter(line -> line.startsWith("ssh-keygen -f"))
                .findFirst()
                .orElse("ssh-keygen -R " + knownAs());
        String fact = "the host key of " + address.location() + " has changed" + key + "; someone may be in between";
        String hint =
                "only if the server was set up anew, run \"" + remove + "\" and then \"" + command.forPeople() + "\"";
        return new StorageException(Kind.DENIED, fact, hint, null);
    }

    private StorageException unknownHost() {
        String key = askedAgain().map(found -> ": it is " + found).orElse("");
        String fact = "the host key of " + address.location() + " is not known" + key;
        String hint = "compare it with what the server's owner tells you, then run \"" + command.forPeople()
                + "\" once and accept it (every key it has: \"" + keyscan() + "\")";
        return new StorageException(Kind.DENIED, fact, hint, null);
    }

    private StorageException denied() {
        String fact = "could not log in to " + address.location() + ": " + why(new IOException());
        String hint = "make \"" + command.forPeople() + "\" work: add your key to the agent with ssh-add and to the "
                + "server's authorized_keys";
        return new StorageException(Kind.DENIED, fact, hint, null);
    }

    private StorageException missing() {
        String program = command.words().getFirst();
        String fact = "could not start " + program + " to reach " + address.location() + ": " + why(new IOException());
        String hint = command.own() ? "look at option " + SshCommand.COMMAND : "install openssh-client";
        return new StorageException(Kind.OTHER, fact, hint, null);
    }

    private boolean says(String words) {
        return lines.stream().anyMatch(line -> line.contains(words));
    }

    private static Optional<String> fingerprint(List<String> lines) {
        return lines.reversed().stream()
                .map(FINGERPRINT::matcher)
                .filter(Matcher::find)
                .map(Matcher::group)
                .findFirst();
    }

    /// `ssh` tells no fingerprint when there is no terminal to ask at; with `-v` it does.
    private Optional<String> askedAgain() {
        if (command.own()) {
            return Optional.empty();
        }
        try (SshProcess probe = SshProcess.start(command.talkative())) {
            return fingerprint(probe.lastWords().stream()
                    .filter(line -> line.contains("Server host key"))
                    .toList());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private String knownAs() {
        return address.port().isEmpty() ? address.host() : "\"[" + address.host() + "]:" + address.port() + "\"";
    }

    private String keyscan() {
        String port = address.port().isEmpty() ? "" : "-p " + address.port() + " ";
        return "ssh-keyscan " + port + address.host() + " | ssh-keygen -lf -";
    }
}
