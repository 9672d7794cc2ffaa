package dev.reprise.storage.s3;

import dev.reprise.base.CancelledException;
import dev.reprise.storage.immutability.CreateOnlyVerdict;
import dev.reprise.storage.immutability.CreateOnlyVerdict.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/// Lets several writers create one object with `If-None-Match: *`: exactly one may be told that it did.
final class CreateOnlyProbe {
    private final S3Address address;
    private final S3Connection connection;
    private final S3Failures failures;
    private final ProbeNames names;

    CreateOnlyProbe(S3Address address, S3Connection connection, S3Failures failures, ProbeNames names) {
        this.address = address;
        this.connection = connection;
        this.failures = failures;
        this.names = names;
    }

    CreateOnlyVerdict ask(int writers) {
        if (writers < 2 || writers > 64) {
            throw new IllegalArgumentException("2 to 64 writers, not " + writers);
        }
        S3Client client = connection.client();
        String key = address.key(names.next());
        try {
            return judge(race(client, key, writers));
        } finally {
            remove(client, key);
        }
    }

    private List<Outcome> race(S3Client client, String key, int writers) {
        var start = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                byte[] content = ("writer " + writer).getBytes(StandardCharsets.UTF_8);
                running.add(threads.submit(() -> {
                    start.await();
                    return put(client, key, content);
                }));
            }
            start.countDown();
            List<Outcome> outcomes = new ArrayList<>();
            for (Future<Outcome> each : running) {
                outcomes.add(each.get());
            }
            return outcomes;
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("probing create-only writes at " + address.location());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private Outcome put(S3Client client, String key, byte[] content) {
        try {
            client.putObject(
                    request -> request.bucket(address.bucket())
                            .key(key)
                            .contentMD5(ContentMd5.of(content))
                            .ifNoneMatch("*"),
                    RequestBody.fromBytes(content));
            return new Outcome(Result.WON, "");
        } catch (AwsServiceException e) {
            boolean refused = e.statusCode() == 412 || e.statusCode() == 409;
            String said = e.statusCode() + " " + S3Failures.code(e);
            return new Outcome(refused ? Result.REFUSED : Result.FAILED, said.strip());
        } catch (SdkException e) {
            return new Outcome(
                    Result.FAILED,
                    failures.translate("probe create-only writes", e).fact());
        }
    }

    private static CreateOnlyVerdict judge(List<Outcome> outcomes) {
        int winners = count(outcomes, Result.WON);
        int refused = count(outcomes, Result.REFUSED);
        String detail = outcomes.stream()
                .filter(outcome -> outcome.result() == Result.FAILED)
                .map(Outcome::said)
                .findFirst()
                .orElse("");
        Answer answer;
        if (!detail.isEmpty() && winners <= 1) {
            answer = Answer.UNSUPPORTED; // nothing is known of those that failed
        } else if (winners == 1) {
            answer = Answer.ATOMIC;
        } else {
            answer = refused == 0 && winners > 0 ? Answer.IGNORED : Answer.RACY;
        }
        return new CreateOnlyVerdict(answer, outcomes.size(), winners, detail);
    }

    private static int count(List<Outcome> outcomes, Result result) {
        return (int)
                outcomes.stream().filter(outcome -> outcome.result() == result).count();
    }

    private void remove(S3Client client, String key) {
        try {
            client.deleteObject(request -> request.bucket(address.bucket()).key(key));
        } catch (SdkException e) {
            // A few bytes stay below reprise/probe; credentials that cannot delete are a good thing.
        }
    }

    private enum Result {
        WON,
        REFUSED,
        FAILED
    }

    private record Outcome(Result result, String said) {}
}
