package dev.reprise.storage.s3;

import dev.reprise.base.CancelledException;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.url.PlaceSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Asks Backblaze where an application key's buckets lie: its `b2_authorize_account`, version 3.
final class B2Account {
    static final String ID = "B2_ACCOUNT_ID";
    static final String KEY = "B2_ACCOUNT_KEY";

    private static final String WHAT = "ask Backblaze for the account";
    private static final String STORAGE = "/apiInfo/storageApi/";
    private static final int LONGEST_ANSWER = 1 << 16;
    private static final JsonFactory JSON = new JsonFactory();

    private final URI service;
    private final PlaceSettings settings;

    B2Account(URI service, PlaceSettings settings) {
        this.service = service;
        this.settings = settings;
    }

    /// One attempt.
    ///
    /// @param prefix of all keys, without a slash at either end
    /// @return where the bucket is reached by S3's protocol
    /// @throws StorageException if the key is none, is for something else, or nobody answers
    S3Address find(String bucket, String prefix) {
        Map<String, String> answer = texts(ask(required(ID) + ":" + required(KEY)));
        if (required(ID).equals(answer.get("/accountId"))) {
            throw denied("the master application key does not work with S3's protocol", "make an application key");
        }
        String only = answer.getOrDefault(STORAGE + "bucketName", bucket);
        if (!only.equals(bucket)) {
            throw denied("the application key is for the bucket " + only + ", not for " + bucket, "make another key");
        }
        String below = answer.getOrDefault(STORAGE + "namePrefix", "");
        if (!(prefix + "/").startsWith(below)) {
            String fact = "the application key is for names that begin with " + below;
            throw denied(fact, "make another key, or use b2:" + bucket + ":" + below);
        }
        String host = answer.getOrDefault(STORAGE + "s3ApiUrl", "");
        if (host.isEmpty()) {
            throw new StorageException(Kind.OTHER, "could not " + WHAT + ": the answer names no S3 host", "", null);
        }
        S3Address root = S3Address.parse(host + "/" + bucket);
        return new S3Address(root.tls(), root.host(), root.port(), bucket, prefix);
    }

    private String required(String variable) {
        String value = settings.variable(variable);
        if (value.isEmpty()) {
            String hint = "set " + ID + " and " + KEY + " to the id and the key of an application key";
            throw new StorageException(Kind.DENIED, variable + " is not set", hint, null);
        }
        return value;
    }

    private byte[] ask(String credentials) {
        S3Address place = S3Address.parse(service + "/b2api/v3/b2_authorize_account");
        var failures = new S3Failures(place, settings.clock());
        String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        var request = HttpExecuteRequest.builder()
                .request(SdkHttpFullRequest.builder()
                        .method(SdkHttpMethod.GET)
                        .uri(URI.create(service + "/b2api/v3/b2_authorize_account"))
                        .putHeader("Authorization", "Basic " + basic)
                        .putHeader("User-Agent", settings.transport().userAgent())
                        .build())
                .build();
        try (var web = S3Connection.web(place, settings)) {
            HttpExecuteResponse answer = web.prepareRequest(request).call();
            byte[] body = body(answer);
            int status = answer.httpResponse().statusCode();
            if (status != 200) {
                throw refused(status, texts(body));
            }
            return body;
        } catch (SdkException e) {
            throw failures.translate(WHAT, e);
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw CancelledException.interrupted("trying to " + WHAT);
            }
            throw failures.unreachable(WHAT, e);
        }
    }

    private static byte[] body(HttpExecuteResponse answer) throws IOException {
        if (answer.responseBody().isEmpty()) {
            return new byte[0];
        }
        try (InputStream body = answer.responseBody().get()) {
            return body.readNBytes(LONGEST_ANSWER);
        }
    }

    /// As the vendor lists them: 401 for keys, 429 and 503 to come again, 5xx for what passes.
    private static StorageException refused(int status, Map<String, String> answer) {
        String code = S3Failures.oneLine(answer.getOrDefault("/code", ""));
        String fact = "could not " + WHAT + ": it answered " + status + (code.isEmpty() ? "" : " " + code);
        return switch (status) {
            case 401, 403 -> new StorageException(Kind.DENIED, fact, "check " + ID + " and " + KEY, null);
            case 429, 503 -> new StorageException(Kind.THROTTLED, fact, "try again", null);
            default -> new StorageException(status >= 500 ? Kind.UNREACHABLE : Kind.OTHER, fact, "try again", null);
        };
    }

    private static StorageException denied(String fact, String hint) {
        return new StorageException(Kind.DENIED, S3Failures.oneLine(fact), S3Failures.oneLine(hint), null);
    }

    /// Every text of a JSON document by its pointer; nothing if it is none.
    private static Map<String, String> texts(byte[] document) {
        Map<String, String> texts = new HashMap<>();
        try (JsonParser in =
                JSON.createParser(ObjectReadContext.empty(), new String(document, StandardCharsets.UTF_8))) {
            for (@Nullable JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    texts.put(in.streamReadContext().pathAsPointer().toString(), in.getString());
                }
            }
        } catch (JacksonException e) {
            return Map.of();
        }
        return texts;
    }
}
