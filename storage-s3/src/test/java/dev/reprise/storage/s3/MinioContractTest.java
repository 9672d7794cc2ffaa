package dev.reprise.storage.s3;

import dev.reprise.testkit.store.StoreProcess;
import java.nio.file.Path;
import java.util.Set;

class MinioContractTest extends RealStoreContract {
    @Override
    StoreProcess start(Path folder) {
        return StoreProcess.start(StoreProcess.Kind.MINIO, folder);
    }

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
                "two trailing//",
                "both/object and prefix",
                HostileKeysContract.LONG_NAME);
    }
}
