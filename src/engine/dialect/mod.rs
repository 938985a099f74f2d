//! A dialect is one server's wire protocol. The engine speaks in the terms of this file; each dialect turns them into its own messages and back.

pub mod bitmarks;
mod json;

use super::event::{Operation, Stamp};
use super::ids::EntityKey;

/// The largest frame either way, in bytes of UTF-8.
pub const MAX_FRAME: usize = 1_048_576;

/// Timestamps lie below 2^53, so that every language in play holds them exactly.
pub const MAX_TIMESTAMP: u64 = 1 << 53;

/// What a server sent over its socket.
#[derive(Debug, PartialEq)]
pub enum Frame {
    /// The first frame: the server is ready.
    Greeting(Greeting),
    /// The answer to a ping.
    Pong {
        /// The server's clock.
        timestamp: Option<u64>,
    },
    /// An event, another device's or one's own.
    Event(RemoteEvent),
    /// The events with these ids are with the server.
    Ack(Vec<String>),
    /// The server's complaint.
    Complaint(Complaint),
}

/// The first frame of a connection.
#[derive(Debug, PartialEq)]
pub struct Greeting {
    /// The device that the server believes to talk to.
    pub device_id: Option<String>,
    /// The server's clock.
    pub timestamp: Option<u64>,
    /// What the server can do.
    pub features: Features,
}

/// What a server can do beyond its document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// It confirms by `ack` frames.
    pub ack: bool,
    /// It gives pages by the order in which it took events.
    pub seq: bool,
}

/// A complaint of the server, about one event where it names one.
#[derive(Debug, PartialEq)]
pub struct Complaint {
    /// The server's words.
    pub text: String,
    /// The event.
    pub event_id: Option<String>,
    /// Whether sending the event again is pointless.
    pub is_final: bool,
    /// Milliseconds after which it may be sent again.
    pub retry_after: Option<u64>,
    /// Whether the event's stamp is too far ahead of the server's clock.
    pub is_clock: bool,
}

/// An event as it came, its envelope checked, its body not yet opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteEvent {
    /// The entity.
    pub key: EntityKey,
    /// What happens to it.
    pub operation: Operation,
    /// Who made it, and when, as the envelope says.
    pub stamp: Stamp,
    /// The sealed body.
    pub body: Option<Vec<u8>>,
    /// How the server says a conflict ended.
    pub resolution: Resolution,
}

/// What a server says of a conflict. Kept and handed on, never acted on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// Whether it saw one.
    pub conflict_resolved: bool,
    /// How it ended it.
    pub strategy: Option<String>,
}

/// Why a frame cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub enum FrameFailure {
    /// It is not JSON, has no type, or a field of the wrong type.
    Malformed,
    /// Its type is not one of the dialect's.
    UnknownType(String),
    /// Its event breaks the protocol's limits.
    BadEvent,
}

/// Where a catch-up goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// Behind the server's number.
    Seq(u64),
    /// From the server's clock on.
    Since(u64),
}

/// A page of a catch-up. Events that break the limits are counted, not kept.
#[derive(Debug, PartialEq)]
pub struct Page {
    /// The events.
    pub events: Vec<RemoteEvent>,
    /// How many were left out.
    pub bad_events: usize,
    /// Where the next page begins.
    pub next: Cursor,
    /// Whether there is one.
    pub has_more: bool,
}
