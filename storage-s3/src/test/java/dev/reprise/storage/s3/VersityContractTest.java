package dev.reprise.storage.s3;

import dev.reprise.testkit.store.StoreProcess;
import java.nio.file.Path;
import java.util.Set;

class VersityContractTest extends RealStoreContract {
    @Override
    StoreProcess start(Path folder) {
        return StoreProcess.start(StoreProcess.Kind.VERSITYGW, folder);
    }

    /// Objects are files. Its listings know no escapes: what XML has no words for comes as U+FFFD.
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
                "both/object and prefix",
                "bell\u0007",
                "escape\u001b[31m",
                "no character\ufffe",
                HostileKeysContract.LONG_NAME);
    }
}
