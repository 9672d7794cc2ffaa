package dev.reprise.compat.campaign;

import dev.reprise.app.WiredPlaces;
import dev.reprise.embedded.EmbeddedSshd;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.PlaceSettings.RateLimits;
import dev.reprise.storage.url.Transport;
import dev.reprise.testkit.store.S3ProxyServer;
import dev.reprise.testkit.store.StoreCredentials;
import dev.reprise.testkit.store.StoreProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// A real server that holds repositories.
interface RemoteServer extends AutoCloseable {
    /// Where it listens on the loopback interface.
    int port();

    /// A repository of it.
    ///
    /// @param name of the repository
    /// @param port where it is to be reached: its own, or that of a [Wire]
    /// @param home existing folder for what clients need
    Place.Site site(String name, int port, Path home) throws IOException;

    @Override
    void close();

    private static Place.Site site(
            String location, Map<String, String> environment, Map<String, String> options, Path home) {
        var settings = new PlaceSettings(
                environment, home, options, Transport.DEFAULT, RateLimits.NONE, InstantSource.system());
        List<String> flags = options.entrySet().stream()
                .flatMap(option -> List.of("-o", option.getKey() + "=" + option.getValue()).stream())
                .toList();
        return new Place.Site(
                location, environment, flags, () -> WiredPlaces.all().open(location, settings));
    }

    /// One that speaks S3.
    ///
    /// @param stop ends it
    record Buckets(int port, Runnable stop) implements RemoteServer {
        /// S3Proxy in this process.
        static Buckets inProcess() {
            var server = new S3ProxyServer();
            return new Buckets(server.port(), server::close);
        }

        /// SeaweedFS in a process of its own.
        ///
        /// @param folder empty one for its data
        static Buckets seaweedFs(Path folder) {
            StoreProcess server = StoreProcess.start(StoreProcess.Kind.SEAWEEDFS, folder);
            return new Buckets(server.port(), server::close);
        }

        @Override
        public Place.Site site(String name, int port, Path home) {
            String location = "s3:http://127.0.0.1:" + port + "/" + name + "/in/it";
            return RemoteServer.site(location, StoreCredentials.variables(), Map.of(), home);
        }

        @Override
        public void close() {
            stop.run();
        }
    }

    /// OpenSSH's server.
    record Ssh(EmbeddedSshd server) implements RemoteServer {
        /// @param place empty folder for its keys and data
        static Ssh start(Path place) throws IOException {
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx--x--x"));
            return new Ssh(EmbeddedSshd.start(place));
        }

        @Override
        public int port() {
            return server.port();
        }

        @Override
        public Place.Site site(String name, int port, Path home) throws IOException {
            String known = Files.readString(server.folder().resolve("known_hosts"));
            Path hosts = Files.writeString(
                    home.resolve("known_hosts-" + port), known.replace("]:" + server.port(), "]:" + port));
            String arguments = server.arguments("user", hosts).replace("-p " + server.port(), "-p " + port);
            Map<String, String> environment = Map.of("HOME", home.toString());
            return RemoteServer.site(server.url(name), environment, Map.of("sftp.args", arguments), home);
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
