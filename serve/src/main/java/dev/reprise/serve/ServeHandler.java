package dev.reprise.serve;

import dev.reprise.serve.ServeSettings.Metrics;
import dev.reprise.storage.StorageException;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Finds out who asks and for what, and passes it on. The order is rest-server's: first the user, then the path, then
/// whether the path is the user's.
final class ServeHandler extends Handler.Abstract {
    /// Attribute of requests: the proven user's name, for the access log.
    static final String USER = "dev.reprise.serve.user";

    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final ServeSettings settings;
    private final @Nullable Accounts accounts;
    private final Repositories repositories;
    private final Counters counters;
    private final LongSupplier nanoTime;
    private final Consumer<String> log;

    /// @param accounts null lets everybody in
    ServeHandler(
            ServeSettings settings,
            @Nullable Accounts accounts,
            Repositories repositories,
            Counters counters,
            LongSupplier nanoTime,
            Consumer<String> log) {
        this.settings = settings;
        this.accounts = accounts;
        this.repositories = repositories;
        this.counters = counters;
        this.nanoTime = nanoTime;
        this.log = log;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ClientGuard.Watched connection = connection(request);
        if (connection != null) {
            connection.begin();
            Request.addCompletionListener(request, _ -> connection.end());
        }
        var exchange = new Exchange(request, response, settings.limits(), nanoTime);
        try {
            answer(exchange);
            callback.succeeded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            callback.failed(e);
        } catch (IOException e) {
            callback.failed(new ClientLeftException(e)); // or is too slow: the connection ends
        } catch (RuntimeException e) {
            failed(exchange, response, callback, e);
        }
        return true;
    }

    private static ClientGuard.@Nullable Watched connection(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        while (endPoint instanceof EndPoint.Wrapper wrapper) {
            endPoint = wrapper.unwrap();
        }
        return endPoint instanceof ClientGuard.Watched watched ? watched : null;
    }

    /// What of this side went wrong is for the log; clients get a number.
    private void failed(Exchange exchange, Response response, Callback callback, RuntimeException failure) {
        StorageException.Kind kind = failure instanceof StorageException storage ? storage.kind() : null;
        int status = switch (kind) {
            case NOT_FOUND -> HttpStatus.NOT_FOUND_404;
            case FULL -> HttpStatus.INSUFFICIENT_STORAGE_507;
            case ARCHIVED -> HttpStatus.FORBIDDEN_403; // asking again does not help
            case null, default -> HttpStatus.INTERNAL_SERVER_ERROR_500;
        };
        if (kind != StorageException.Kind.NOT_FOUND) {
            log.accept("error: " + (kind == null ? String.valueOf(failure) : failure.getMessage()));
        }
        if (response.isCommitted()) {
            callback.failed(failure);
            return;
        }
        try {
            exchange.refuse(status);
            callback.succeeded();
        } catch (IOException e) {
            callback.failed(e);
        }
    }

    private void answer(Exchange exchange) throws IOException, InterruptedException {
        boolean metrics = settings.metrics() != Metrics.OFF && exchange.path().equals("/metrics");
        if (metrics && settings.metrics() == Metrics.EVERYBODY) {
            exchange.text(PROMETHEUS, counters.text());
        } else if (!admitted(exchange)) {
            exchange.refuse(HttpStatus.UNAUTHORIZED_401);
        } else if (metrics) {
            metrics(exchange);
        } else {
            repository(exchange);
        }
    }

    private void metrics(Exchange exchange) throws IOException {
        boolean hidden = accounts != null
                && settings.access().privateRepos()
                && !exchange.user().equals("metrics");
        if (hidden) {
            exchange.refuse(HttpStatus.UNAUTHORIZED_401);
        } else {
            exchange.text(PROMETHEUS, counters.text());
        }
    }

    private void repository(Exchange exchange) throws IOException {
        RequestPath path = RequestPath.parse(exchange.path());
        if (path == null) {
            exchange.refuse(HttpStatus.NOT_FOUND_404);
        } else if (accounts != null && settings.access().privateRepos() && !isOwn(path, exchange.user())) {
            exchange.refuse(HttpStatus.UNAUTHORIZED_401);
        } else {
            repositories.answer(exchange, path);
        }
    }

    private static boolean isOwn(RequestPath path, String user) {
        return !path.folders().isEmpty() && path.folders().getFirst().equals(user);
    }

    private boolean admitted(Exchange exchange) throws InterruptedException {
        if (accounts == null) {
            return true;
        }
        String[] who = exchange.credentials();
        if (who == null || !accounts.accepts(who[0], who[1], exchange.client())) {
            return false;
        }
        exchange.proven(who[0]);
        return true;
    }

    /// Nothing anybody here can do something about, so nothing for the log.
    private static final class ClientLeftException extends IOException implements QuietException {
        private static final long serialVersionUID = 1;

        ClientLeftException(IOException cause) {
            super(cause);
        }
    }
}
