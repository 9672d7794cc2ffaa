package dev.reprise.storage.s3;

import java.io.IOException;
import java.nio.file.Path;

class MinioContractTest extends RealStoreContract {
    @Override
    StoreProcess start(Path folder) throws IOException {
        return StoreProcess.minio(folder);
    }
}
