package dev.reprise.storage.azure;

import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.StorageUrlException;
import dev.reprise.storage.web.Tokens;
import dev.reprise.storage.web.Web;
import java.io.IOException;
import java.time.InstantSource;

/// What opens the account. Safe for many threads.
sealed interface Access permits SharedKey, SharedAccessSignature, Access.Bearer {
    /// The value of the header `Authorization`; empty for none.
    ///
    /// @throws IOException if there is no token
    String authorization(Ask ask) throws IOException;

    /// What is added to every query, encoded; empty for nothing. A secret.
    default String querySuffix() {
        return "";
    }

    /// The service did not accept this value any more.
    ///
    /// @return whether another one can be had
    default boolean refused(String authorization) {
        return false;
    }

    /// What the operator looks at when access is refused.
    String hint(InstantSource clock);

    /// Words of the service, without what may repeat a secret.
    default String withoutSecrets(String words) {
        return words;
    }

    /// In restic's order: the account's key, a shared access signature, a token.
    static Access of(PlaceSettings settings, Account account, Web web) {
        String key = settings.variable("AZURE_ACCOUNT_KEY");
        if (!key.isEmpty()) {
            return SharedKey.of(account.name(), key);
        }
        String sas = settings.variable("AZURE_ACCOUNT_SAS");
        if (account.isOpenlyRead()) {
            String fact = "the server of AZURE_STORAGE_SERVICE_ENDPOINT is reached without TLS";
            throw new StorageUrlException(fact, "write https://, or use AZURE_ACCOUNT_KEY, which is not sent", null);
        }
        return sas.isEmpty() ? new Bearer(TokenChoice.of(settings, web)) : SharedAccessSignature.of(sas);
    }

    /// A token of Microsoft Entra ID.
    record Bearer(Tokens tokens) implements Access {
        @Override
        public String authorization(Ask ask) throws IOException {
            return "Bearer " + tokens.value();
        }

        @Override
        public boolean refused(String authorization) {
            tokens.refused(authorization.substring("Bearer ".length()));
            return true;
        }

        @Override
        public String hint(InstantSource clock) {
            return "give this identity the role Storage Blob Data Contributor on the container";
        }

        @Override
        public String toString() {
            return "a token";
        }
    }
}
