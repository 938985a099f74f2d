//! What the app is told: changes, status, errors, refusals.

use super::error::{ErrorCode, ErrorReport};
use super::event::{Operation, Stamp};
use super::ids::EntityKey;
use super::payload::Payload;

/// A notice for the app's listeners. Boxed, because effects are moved about a lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Stored changes are loaded.
    Ready {
        /// The id under which this device is known.
        device_id: String,
    },
    /// What is shown of an entity has changed.
    Change(Box<Change>),
    /// The state of the whole has changed.
    Status(Box<Status>),
    /// Something went wrong.
    Error(Box<ErrorReport>),
    /// The server refused a change for good.
    Rejected(Box<Rejected>),
    /// The catch-up has merged so many events, and goes on or not.
    Progress {
        /// Events read since the connection was made.
        events: u64,
        /// Whether there are more.
        has_more: bool,
    },
}

/// What is shown of an entity has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The entity.
    pub key: EntityKey,
    /// What happened to it.
    pub operation: Operation,
    /// The entity as JSON; empty for a delete.
    pub data: Payload,
    /// Who made it, and when.
    pub stamp: Stamp,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a change came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This manager.
    Local,
    /// Another tab of this device.
    Tab,
    /// Another device.
    Remote,
    /// Shown again after a refusal.
    Restored,
}

impl Origin {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Tab => "tab",
            Self::Remote => "remote",
            Self::Restored => "restored",
        }
    }
}

/// How a change ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has it.
    Confirmed,
    /// The server has a newer one of the same entity, or a newer one took its place before it was sent.
    Superseded,
    /// It is what the server has already, and was not sent.
    Unchanged,
    /// The app took it back.
    Cancelled,
    /// The app gave it up after it was refused.
    Discarded,
}

impl Outcome {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Superseded => "superseded",
            Self::Unchanged => "unchanged",
            Self::Cancelled => "cancelled",
            Self::Discarded => "discarded",
        }
    }

    /// The byte in stored records.
    pub fn code(self) -> u8 {
        match self {
            Self::Confirmed => 1,
            Self::Superseded => 2,
            Self::Unchanged => 3,
            Self::Cancelled => 4,
            Self::Discarded => 5,
        }
    }

    /// The outcome of a byte.
    pub fn from_code(code: u8) -> Option<Self> {
        let all = [Self::Confirmed, Self::Superseded, Self::Unchanged, Self::Cancelled, Self::Discarded];
        all.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// A change that the server refused for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The event's id.
    pub event_id: String,
    /// The entity.
    pub key: EntityKey,
    /// What was to happen to it.
    pub operation: Operation,
    /// The server's words, cut to 200 characters.
    pub reason: String,
    /// What is shown of the entity without the change; `None`: nothing, or it could not be read.
    pub shown: Option<EntityView>,
}

/// An entity as `get` and `list` give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityView {
    /// The entity.
    pub key: EntityKey,
    /// Its JSON.
    pub data: Payload,
    /// Who made it so, and when.
    pub stamp: Stamp,
    /// Whether a change of it waits for the server.
    pub pending: bool,
}

/// Where the connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionState {
    /// Not asked to connect.
    #[default]
    Idle,
    /// Dialling, greeting, or checking the account.
    Connecting,
    /// Reading what was missed.
    CatchingUp,
    /// Up to date.
    Live,
    /// Waiting for the next attempt.
    Reconnecting,
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
            Self::Reconnecting => "reconnecting",
            Self::Stopped => "stopped",
            Self::Following => "following",
        }
    }
}

/// How the server confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// By `ack` frames.
    Ack,
    /// By the own event coming back.
    Echo,
    /// By what a pull shows.
    Pull,
    /// By the answer to an HTTP request.
    Push,
    /// By the pong after it, because the app chose so.
    Pong,
    /// Not at all.
    None,
}

impl Confirmation {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ack => "ack",
            Self::Echo => "echo",
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Pong => "pong",
            Self::None => "none",
        }
    }
}

/// Whether the key is the account's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyCheck {
    /// It is not known yet, and nothing is sent.
    #[default]
    Unknown,
    /// Something of the account opened with it, or the account was empty, or the app said so.
    Verified,
    /// The server cannot be asked.
    Unchecked,
}

impl KeyCheck {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Verified => "verified",
            Self::Unchecked => "unchecked",
        }
    }
}

/// Whether the server's session is this account's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountCheck {
    /// Not asked yet.
    #[default]
    Unknown,
    /// It is.
    Verified,
    /// The server cannot be asked.
    Unverified,
}

impl AccountCheck {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Verified => "verified",
            Self::Unverified => "unverified",
        }
    }
}

/// What is counted since the manager was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Changes that were sent again.
    pub resends: u64,
    /// Changes of other devices that came while a change of the same thing was not confirmed.
    pub conflicts: u64,
}

/// The state of the whole; what it means is said in `types.d.ts`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each field is documented once, where the app reads it")]
pub struct Status {
    pub state: ConnectionState,
    pub reason: Option<ErrorCode>,
    pub pending: usize,
    pub in_flight: usize,
    pub wedged: usize,
    pub oldest_pending: Option<u64>,
    pub confirmation: Option<Confirmation>,
    pub account: AccountCheck,
    pub key: KeyCheck,
    pub attempts: u32,
    pub retry_at: Option<u64>,
    pub last_sync: Option<u64>,
    pub held: usize,
    pub last_close: Option<(u16, String)>,
    pub counts: Counts,
}
