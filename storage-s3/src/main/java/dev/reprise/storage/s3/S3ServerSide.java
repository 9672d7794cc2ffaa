package dev.reprise.storage.s3;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.setup.Purpose;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.setup.Setup;
import dev.reprise.storage.setup.Setup.Form;
import dev.reprise.storage.setup.Setup.Part;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/// How a bucket and its credentials are set up.
final class S3ServerSide implements ServerSide {
    private final S3Address address;
    private final S3Options options;
    private final S3Connection connection;
    private final S3Failures failures;

    S3ServerSide(S3Address address, S3Options options, S3Connection connection, S3Failures failures) {
        this.address = address;
        this.options = options;
        this.connection = connection;
        this.failures = failures;
    }

    @Override
    public @Nullable Instant clock(ObjectKey fresh) {
        try {
            return connection
                    .client()
                    .headObject(request -> request.bucket(address.bucket()).key(address.key(fresh.path())))
                    .sdkHttpResponse()
                    .firstMatchingHeader("Date")
                    .map(ServerSide::moment)
                    .orElse(null);
        } catch (AwsServiceException e) {
            if (e.statusCode() == 404) {
                throw failures.failed(Kind.NOT_FOUND, "look up " + fresh, "there is no such object", "", e);
            }
            throw failures.translate("look up " + fresh, e);
        } catch (SdkException e) {
            throw failures.translate("look up " + fresh, e);
        }
    }

    @Override
    public Setup setup(Purpose purpose) {
        List<Part> parts = new ArrayList<>();
        rights(purpose, parts);
        parts.add(new Part(
                Form.COMMANDS,
                "keep the public out",
                aws("put-public-access-block") + " --public-access-block-configuration \\\n"
                        + "  BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,"
                        + "RestrictPublicBuckets=true"));
        parts.add(new Part(Form.COMMANDS, "encrypt at rest", encryption()));
        parts.add(new Part(Form.COMMANDS, "keep what is overwritten or removed", versions()));
        parts.add(new Part(
                Form.COMMANDS,
                "refuse connections without TLS" + (options.encryption() == null ? "" : ", and other encryption"),
                aws("put-bucket-policy") + " --policy \\\n  " + shell(bucketPolicy())));
        parts.add(new Part(
                Form.COMMANDS,
                "clear away leftovers: unfinished uploads, and versions that were replaced",
                aws("put-bucket-lifecycle-configuration") + " --lifecycle-configuration \\\n  " + shell(lifecycle())));
        parts.add(new Part(Form.NOTE, "mind", notes(purpose)));
        return new Setup(parts);
    }

    private void rights(Purpose purpose, List<Part> parts) {
        switch (options.provider()) {
            case R2 ->
                parts.add(new Part(
                        Form.NOTE,
                        "rights",
                        "R2 knows no policies of S3: make an API token for the bucket " + address.bucket() + " with "
                                + (purpose == Purpose.RESTORE ? "Object Read only" : "Object Read & Write")
                                + ". Such a token may also delete; a bucket lock rule for a time keeps what is there"));
            case GARAGE ->
                parts.add(new Part(
                        Form.COMMANDS,
                        "rights (Garage cannot forbid deleting to those who write)",
                        "garage bucket allow --read" + (purpose == Purpose.RESTORE ? "" : " --write") + " "
                                + shell(address.bucket()) + " --key KEY"));
            case B2 ->
                parts.add(new Part(
                        Form.COMMANDS,
                        "rights",
                        "b2 key create --bucket " + shell(address.bucket())
                                + (address.prefix().isEmpty() ? "" : " --name-prefix " + shell(address.key("")))
                                + " reprise-" + word(purpose) + " " + capabilities(purpose)));
            case AWS, MINIO, CEPH, SEAWEEDFS, OVH, HETZNER, SCALEWAY, OTHER -> policy(purpose, parts);
        }
    }

    private static String capabilities(Purpose purpose) {
        String reading = "listBuckets,listFiles,readFiles";
        return switch (purpose) {
            case BACKUP -> reading + ",writeFiles";
            case RESTORE -> reading;
            case PRUNE -> reading + ",writeFiles,deleteFiles";
        };
    }

    private void policy(Purpose purpose, List<Part> parts) {
        parts.add(new Part(
                Form.POLICY, "rights of the credentials, policy.json", new S3Policy(address, options, purpose).text()));
        String name = "reprise-" + word(purpose);
        switch (options.provider()) {
            case AWS ->
                parts.add(new Part(
                        Form.COMMANDS,
                        "give them to the user of the backup",
                        "aws iam put-user-policy --user-name USER --policy-name " + name
                                + " --policy-document file://policy.json"));
            case MINIO ->
                parts.add(new Part(
                        Form.COMMANDS,
                        "give them to the user of the backup",
                        "mc admin policy create ALIAS " + name + " policy.json\nmc admin policy attach ALIAS " + name
                                + " --user USER"));
            default ->
                parts.add(new Part(
                        Form.NOTE,
                        "give them to the user of the backup",
                        "as this store takes policies: of users, or of the bucket with the user as \"Principal\""));
        }
    }

    private static String word(Purpose purpose) {
        return switch (purpose) {
            case BACKUP -> "backup";
            case RESTORE -> "restore";
            case PRUNE -> "prune";
        };
    }

    private String encryption() {
        var chosen = options.encryption();
        String rule = chosen == null
                ? "{\"SSEAlgorithm\":\"AES256\"}"
                : "{\"SSEAlgorithm\":" + S3Policy.quoted(chosen.algorithm())
                        + (chosen.key() == null ? "" : ",\"KMSMasterKeyID\":" + S3Policy.quoted(chosen.key())) + "}";
        String bucketKey =
                chosen != null && chosen.algorithm().startsWith("aws:kms") ? ",\"BucketKeyEnabled\":true" : "";
        return aws("put-bucket-encryption") + " --server-side-encryption-configuration \\\n  "
                + shell("{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":" + rule + bucketKey + "}]}");
    }

    private String versions() {
        String versions = aws("put-bucket-versioning") + " --versioning-configuration Status=Enabled";
        return options.retention() == null
                ? versions
                : versions + "\n" + aws("put-object-lock-configuration")
                        + " --object-lock-configuration ObjectLockEnabled=Enabled";
    }

    private String bucketPolicy() {
        String arn = "arn:" + new S3Policy(address, options, Purpose.BACKUP).partition() + ":s3:::" + address.bucket();
        String both = "[" + S3Policy.quoted(arn) + "," + S3Policy.quoted(arn + "/*") + "]";
        String plain = "{\"Sid\":\"OnlyTls\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":"
                + both + ",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}}";
        var chosen = options.encryption();
        String weaker = chosen == null
                ? ""
                : ",{\"Sid\":\"OnlyThisEncryption\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:PutObject\","
                        + "\"Resource\":" + S3Policy.quoted(arn + "/*")
                        + ",\"Condition\":{\"StringNotEqualsIfExists\":{\"s3:x-amz-server-side-encryption\":"
                        + S3Policy.quoted(chosen.algorithm()) + "}}}";
        return "{\"Version\":\"2012-10-17\",\"Statement\":[" + plain + weaker + "]}";
    }

    private String lifecycle() {
        return "{\"Rules\":[{\"ID\":\"reprise\",\"Status\":\"Enabled\",\"Filter\":{\"Prefix\":"
                + S3Policy.quoted(address.key(""))
                + "},\"AbortIncompleteMultipartUpload\":{\"DaysAfterInitiation\":7},"
                + "\"NoncurrentVersionExpiration\":{\"NoncurrentDays\":30},"
                + "\"Expiration\":{\"ExpiredObjectDeleteMarker\":true}}]}";
    }

    private String notes(Purpose purpose) {
        List<String> notes = new ArrayList<>();
        notes.add("Run these with an administrator's credentials, never with those of the backup.");
        notes.add("put-bucket-policy and put-bucket-lifecycle-configuration replace what the bucket has: merge first.");
        if (purpose == Purpose.BACKUP && options.retention() == null) {
            notes.add("Without versions who may add may also overwrite. Only versions or Object Lock"
                    + " (s3.object-lock) make these rights append-only.");
        }
        if (!address.tls()) {
            notes.add("This place is spoken to without TLS: the TLS rule would refuse it.");
        }
        return String.join("\n", notes);
    }

    private String aws(String verb) {
        String endpoint = options.provider() == Provider.AWS ? "" : " --endpoint-url " + shell(address.endpoint() + "");
        return "aws" + endpoint + " s3api " + verb + " --bucket " + shell(address.bucket());
    }

    /// A word for the shell.
    private static String shell(String text) {
        return text.matches("[A-Za-z0-9._/:@=,+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
