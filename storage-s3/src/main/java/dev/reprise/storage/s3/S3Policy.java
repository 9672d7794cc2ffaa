package dev.reprise.storage.s3;

import dev.reprise.storage.setup.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The identity policy that allows what a repository needs in its bucket, below its prefix, and nothing else.
final class S3Policy {
    private static final List<String> PASSING = List.of("locks/*", "reprise/partial/*");

    private final S3Address address;
    private final S3Options options;
    private final Purpose purpose;

    S3Policy(S3Address address, S3Options options, Purpose purpose) {
        this.address = address;
        this.options = options;
        this.purpose = purpose;
    }

    /// A JSON document, indented.
    String text() {
        List<String> statements = new ArrayList<>();
        statements.add(list());
        statements.add(statement("Objects", objectActions(), List.of(objects("*")), ""));
        if (purpose == Purpose.PRUNE) {
            statements.add(statement("Remove", List.of("s3:DeleteObject"), List.of(objects("*")), ""));
        } else if (purpose == Purpose.BACKUP) {
            List<String> passing = PASSING.stream().map(this::objects).toList();
            statements.add(statement("RemoveWhatPasses", List.of("s3:DeleteObject"), passing, ""));
        }
        addKeyService(statements);
        return "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n" + String.join(",\n", statements) + "\n  ]\n}";
    }

    /// Answers to listings with another prefix, and so names of other people's objects, are refused.
    private String list() {
        String condition = address.prefix().isEmpty()
                ? ""
                : ",\n      \"Condition\": {\"StringLike\": {\"s3:prefix\": " + quoted(literal(address.key("")) + "*")
                        + "}}";
        return statement("List", List.of("s3:ListBucket"), List.of(bucket()), condition);
    }

    private List<String> objectActions() {
        List<String> actions = new ArrayList<>();
        actions.add("s3:GetObject");
        if (purpose != Purpose.RESTORE) {
            actions.add("s3:PutObject");
            actions.add("s3:AbortMultipartUpload");
        }
        if (options.retention() != null) {
            actions.add("s3:GetObjectVersion");
            actions.add("s3:GetObjectRetention");
            if (purpose != Purpose.RESTORE) {
                actions.add("s3:PutObjectRetention");
            }
        }
        if (options.thaw() != null) {
            actions.add("s3:RestoreObject");
        }
        return actions;
    }

    /// The account's own key needs no rights besides those on the bucket.
    private void addKeyService(List<String> statements) {
        var encryption = options.encryption();
        String key = encryption == null ? null : encryption.key();
        if (key == null) {
            return;
        }
        List<String> actions =
                purpose == Purpose.RESTORE ? List.of("kms:Decrypt") : List.of("kms:GenerateDataKey", "kms:Decrypt");
        if (key.startsWith("arn:") && key.contains(":key/")) {
            statements.add(statement("Encrypt", actions, List.of(literal(key)), ""));
        } else if (key.contains("alias/")) {
            String alias = key.substring(key.indexOf("alias/"));
            String condition = ",\n      \"Condition\": {\"ForAnyValue:StringEquals\": {\"kms:ResourceAliases\": "
                    + quoted(alias) + "}}";
            statements.add(statement("Encrypt", actions, List.of("*"), condition));
        } else {
            statements.add(
                    statement("Encrypt", actions, List.of("arn:" + partition() + ":kms:*:*:key/" + literal(key)), ""));
        }
    }

    private static String statement(String name, List<String> actions, List<String> resources, String condition) {
        return "    {\n      \"Sid\": " + quoted(name) + ",\n      \"Effect\": \"Allow\",\n      \"Action\": "
                + array(actions) + ",\n      \"Resource\": " + array(resources) + condition + "\n    }";
    }

    private static String array(List<String> texts) {
        return texts.stream().map(S3Policy::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private String bucket() {
        return "arn:" + partition() + ":s3:::" + address.bucket();
    }

    /// @param pattern below the repository's root
    private String objects(String pattern) {
        return bucket() + "/" + literal(address.key("")) + pattern;
    }

    /// Amazon's clouds that share nothing have names of their own.
    String partition() {
        if (address.host().endsWith(".amazonaws.com.cn")) {
            return "aws-cn";
        }
        return options.provider() == Provider.AWS && options.region().startsWith("us-gov-") ? "aws-us-gov" : "aws";
    }

    /// Text in which no character stands for others.
    private static String literal(String text) {
        return text.replaceAll("[$*?]", "\\${$0}");
    }

    static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < 0x20) {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
