//! What an engine of notes is made for.

/// One account of one server, on one device.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the socket is.
    pub url: String,
    /// The base of the REST routes, without `/` at its end.
    pub api: String,
    /// The account.
    pub user_id: String,
    /// Title and content are sealed; else the server takes them as they are.
    pub is_sealed: bool,
    /// Failed attempts to connect, in a row, after which no more is made.
    pub max_attempts: u32,
    /// To join a note does not leave the others.
    pub keeps_joins: bool,
    /// Frames are signed, where the server gives a key for it.
    pub signs: bool,
    /// Most changes that may wait.
    pub max_queue: usize,
    /// Randomness for the jitter of reconnects, and for nonces.
    pub seed: u64,
}
