package dev.reprise.storage.s3;

import java.io.IOException;
import java.nio.file.Path;

class VersityContractTest extends RealStoreContract {
    @Override
    StoreProcess start(Path folder) throws IOException {
        return StoreProcess.versity(folder);
    }
}
