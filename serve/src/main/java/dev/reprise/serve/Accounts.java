package dev.reprise.serve;

/// Who may use the server.
interface Accounts {
    /// @param user     as the client says; may be anything
    /// @param password as the client says; may be anything
    /// @param client   from where, so that one who tries passwords waits for himself
    boolean accepts(String user, String password, String client) throws InterruptedException;
}
