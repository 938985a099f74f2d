//! What an engine is made for.

/// One set of one team, for one account of one server, on one device.
#[derive(Clone, Debug)]
pub struct Config {
    /// The server, as `https://HOST`, without `/` at its end.
    pub origin: String,
    /// The team; `personal:<userId>` is one too.
    pub team_id: String,
    /// The set.
    pub set_id: String,
    /// Who is signed in.
    pub me: Person,
    /// Most changes that may wait.
    pub max_queue: usize,
    /// Randomness for the jitter of reconnects.
    pub seed: u64,
}

/// A person as the server tells of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub id: String,
    /// What is shown of them.
    pub name: Option<String>,
    /// Their handle.
    pub username: Option<String>,
    /// Their picture.
    pub avatar_url: Option<String>,
}
