//! What the app is told: changes, status, errors, refusals.

use super::io::Verb;
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::event::Operation;
use crate::engine::notice::{AccountCheck, Counts, Origin};
use crate::engine::payload::Payload;

/// A notice for the app's listeners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Stored rows and changes are loaded.
    Ready,
    /// What is shown of a row has changed.
    Change(Box<Change>),
    /// The state of the whole has changed.
    Status(Box<Status>),
    /// Something went wrong.
    Error(Box<ErrorReport>),
    /// The server refused a change for good.
    Rejected(Box<Refusal>),
    /// Two devices have saved over each other.
    Conflict(Box<Conflict>),
    /// An event of the server, as it came: its JSON. What is shown is told by [`Notice::Change`].
    Event(Payload),
    /// After [`super::io::Command::Retire`]: nothing waits for the server any more, or another tab sends it.
    Drained,
}

/// What is shown of a row has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The row.
    pub id: String,
    /// What happened to it. A temporary row that got its id from the server is deleted under the one and created under the other.
    pub operation: Operation,
    /// The row as JSON; empty for a delete.
    pub data: Payload,
    /// Where it came from.
    pub origin: Origin,
    /// The other id, where a temporary one gave way to the server's.
    pub alias: Option<String>,
}

/// Two devices have saved over each other: the last one counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The row.
    pub id: String,
    /// What this device has saved, or is about to, as JSON.
    pub ours: Payload,
    /// What another one has.
    pub theirs: Payload,
}

/// A row as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its id, a temporary one until the server has given it one.
    pub id: String,
    /// The temporary id that it had on this device.
    pub former_id: Option<String>,
    /// Its JSON.
    pub data: Payload,
    /// Whether a change of it waits for the server.
    pub pending: bool,
}

/// A row that is not shown any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Its id.
    pub id: String,
}

/// A change that the server refused for good, or that depends on such a one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The change's id.
    pub event_id: String,
    /// The row.
    pub id: String,
    /// What was to happen to it.
    pub verb: Verb,
    /// The server's words, cut to 200 characters.
    pub reason: String,
    /// [`ErrorCode::Refused`], or [`ErrorCode::BlockedBy`].
    pub code: ErrorCode,
    /// The id of the refused change that it depends on.
    pub blocked_by: Option<String>,
    /// What is shown of the row without the change; `None`: nothing.
    pub shown: Option<View>,
}

/// Where the connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionState {
    /// Not asked to connect.
    #[default]
    Idle,
    /// Dialling, or checking the account.
    Connecting,
    /// Reading the set.
    CatchingUp,
    /// Up to date, and told of news.
    Live,
    /// The server has no live push, so it is asked from time to time.
    Polling,
    /// Waiting for the next attempt.
    Reconnecting,
    /// So many attempts have failed that no more is made for the time being.
    Failed,
    /// Until the app reconnects.
    Stopped,
    /// Another tab of this device has the connection.
    Following,
}

impl ConnectionState {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Connecting => "connecting",
            Self::CatchingUp => "catching_up",
            Self::Live => "live",
            Self::Polling => "polling",
            Self::Reconnecting => "reconnecting",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Following => "following",
        }
    }
}

/// The state of the whole; what it means is said in `glint.d.ts`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each field is documented once, where the app reads it")]
pub struct Status {
    pub state: ConnectionState,
    pub reason: Option<ErrorCode>,
    pub pending: usize,
    pub in_flight: usize,
    pub wedged: usize,
    pub oldest_pending: Option<u64>,
    pub account: AccountCheck,
    pub attempts: u32,
    pub retry_at: Option<u64>,
    pub last_sync: Option<u64>,
    pub last_close: Option<(u16, String)>,
    pub counts: Counts,
}
