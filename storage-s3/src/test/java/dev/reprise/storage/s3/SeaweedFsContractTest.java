package dev.reprise.storage.s3;

import dev.reprise.testkit.store.StoreProcess;
import java.nio.file.Path;
import java.util.Set;

class SeaweedFsContractTest extends RealStoreContract {
    @Override
    StoreProcess start(Path folder) {
        return StoreProcess.start(StoreProcess.Kind.SEAWEEDFS, folder);
    }

    /// Steps of a path are those of a file system, also behind a backslash.
    @Override
    Set<String> untaken() {
        return Set.of(
                "./here",
                "in/./the middle",
                "../up",
                "in/../the middle",
                "up at the end/..",
                "/leading",
                "//two leading",
                "in//the middle",
                "trailing/",
                "two trailing//",
                "back\\slash",
                HostileKeysContract.LONG_NAME);
    }
}
