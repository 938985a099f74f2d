//! BitMarks' messages (PROTOCOL.md, "BitMarks").

use super::{Complaint, Cursor, Features, Frame, FrameFailure, Greeting, MAX_TIMESTAMP, Page, RemoteEvent, Resolution};
use crate::engine::event::{Operation, Stamp};
use crate::engine::ids::{EntityKey, is_long_id, is_short_id};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// The keep-alive frame.
pub const PING: &str = r#"{"type":"ping"}"#;

/// Events asked for at once.
const PAGE_LIMIT: u32 = 500;
/// `since` is a wall clock: what was on its way when it was read lies before it.
const SINCE_OVERLAP_MS: u64 = 5 * 60 * 1000;

/// Whether the dialect has entities of this type.
pub fn is_entity_type(entity_type: &str) -> bool {
    matches!(entity_type, "bookmark" | "history" | "group")
}

/// The socket's address with the ids that a browser cannot send as headers.
pub fn socket_url(base: &str, user_id: &str, device_id: &str) -> String {
    let separator = if base.contains('?') { '&' } else { '?' };
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    format!("{base}{separator}user_id={}&device_id={}", encode(user_id), encode(device_id))
}

/// Reads a frame.
///
/// # Errors
/// [`FrameFailure`].
pub fn read_frame(text: &str) -> Result<Frame, FrameFailure> {
    let Tag { kind } = parse(text)?;
    match kind.as_str() {
        "connected" => parse::<ConnectedFrame>(text).map(|frame| Frame::Greeting(frame.into())),
        "pong" => parse::<PongFrame>(text).map(|frame| Frame::Pong { timestamp: frame.timestamp.map(|millis| millis.0) }),
        "sync" => parse::<SyncFrame>(text)?.event.check().map(Frame::Event).ok_or(FrameFailure::BadEvent),
        "ack" => parse::<AckFrame>(text).map(|frame| Frame::Ack(frame.ids)),
        "error" => parse::<ErrorFrame>(text).map(|frame| Frame::Complaint(frame.into())),
        _ => Err(FrameFailure::UnknownType(kind)),
    }
}

/// The frame that sends an event.
pub fn write_sync(user_id: &str, event: &RemoteEvent, digest: &[u8; 32]) -> String {
    let body = event.body.as_ref().map(|body| STANDARD.encode(body));
    serde_json::to_string(&OutFrame { kind: "sync", event: OutEvent::new(user_id, event, body.as_deref(), digest) }).unwrap_or_default()
}

/// How long the frame of an event with a body of `body_length` bytes will be, in bytes.
pub fn sync_length(user_id: &str, event: &RemoteEvent, body_length: Option<usize>) -> usize {
    let shell = OutFrame { kind: "sync", event: OutEvent::new(user_id, event, body_length.map(|_| ""), &[0; 32]) };
    let shell_length = serde_json::to_string(&shell).map_or(0, |text| text.len());
    shell_length + body_length.map_or(0, |length| length.div_ceil(3) * 4)
}

/// The body of a pull.
pub fn pull_body(cursor: Cursor) -> String {
    match cursor {
        Cursor::Seq(seq) => format!(r#"{{"after_seq":{seq},"limit":{PAGE_LIMIT}}}"#),
        Cursor::Since(millis) => format!(r#"{{"since":{},"limit":{PAGE_LIMIT}}}"#, millis.saturating_sub(SINCE_OVERLAP_MS)),
    }
}

/// Reads the answer to a pull from `asked`.
///
/// # Errors
/// [`FrameFailure::Malformed`], also where the cursor would go back.
pub fn read_page(text: &str, asked: Cursor) -> Result<Page, FrameFailure> {
    let page: PullPage = parse(text)?;
    let next = match asked {
        Cursor::Seq(seq) => page.next_seq.map(|next| next.0).filter(|next| *next >= seq).map(Cursor::Seq),
        Cursor::Since(since) => page.last_sync_timestamp.map(|next| Cursor::Since(next.0.max(since))),
    };
    let total = page.changes.len();
    let events: Vec<_> = page.changes.into_iter().filter_map(WireEvent::check).collect();
    let next = next.ok_or(FrameFailure::Malformed)?;
    // A server that says "more" and does not move would be asked for ever.
    Ok(Page { bad_events: total - events.len(), events, has_more: page.has_more && next != asked, next })
}

/// Whose session the server says it is; `None` where it does not say.
pub fn read_account(text: &str) -> Option<String> {
    parse::<AccountStatus>(text).ok().map(|status| status.user_id)
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, FrameFailure> {
    serde_json::from_str(text).map_err(|_| FrameFailure::Malformed)
}

#[derive(Deserialize)]
struct Tag {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct ConnectedFrame {
    #[serde(rename = "deviceId")]
    device_id: Option<String>,
    timestamp: Option<Millis>,
    #[serde(default)]
    features: Vec<String>,
}

impl From<ConnectedFrame> for Greeting {
    fn from(frame: ConnectedFrame) -> Self {
        let has = |name| frame.features.iter().any(|feature| feature == name);
        let features = Features { ack: has("ack"), seq: has("seq") };
        Self { device_id: frame.device_id, timestamp: frame.timestamp.map(|millis| millis.0), features }
    }
}

#[derive(Deserialize)]
struct PongFrame {
    timestamp: Option<Millis>,
}

#[derive(Deserialize)]
struct SyncFrame {
    event: WireEvent,
}

#[derive(Deserialize)]
struct AckFrame {
    ids: Vec<String>,
}

#[derive(Deserialize)]
struct ErrorFrame {
    error: String,
    id: Option<String>,
    code: Option<String>,
    #[serde(rename = "retryAfter")]
    retry_after: Option<Millis>,
}

impl From<ErrorFrame> for Complaint {
    fn from(frame: ErrorFrame) -> Self {
        let code = frame.code.as_deref();
        Self {
            is_final: matches!(code, Some("invalid" | "too_large" | "forbidden")),
            is_clock: code == Some("too_far_future"),
            text: frame.error,
            event_id: frame.id,
            retry_after: frame.retry_after.map(|seconds| seconds.0.saturating_mul(1000)),
        }
    }
}

#[derive(Deserialize)]
struct PullPage {
    changes: Vec<WireEvent>,
    next_seq: Option<Millis>,
    last_sync_timestamp: Option<Millis>,
    #[serde(default)]
    has_more: bool,
}

#[derive(Deserialize)]
struct AccountStatus {
    user_id: String,
}

/// `SyncEvent` as it comes. `user_id` and `data_hash` are not read: a server may set the one, and the cipher's tag makes the other needless.
#[derive(Deserialize)]
struct WireEvent {
    id: String,
    entity_type: String,
    entity_id: String,
    operation: String,
    timestamp: Millis,
    device_id: String,
    encrypted_data: Option<String>,
    conflict_resolved: Option<bool>,
    resolution_strategy: Option<String>,
}

impl WireEvent {
    fn check(self) -> Option<RemoteEvent> {
        let is_within_limits = is_short_id(&self.id)
            && is_short_id(&self.device_id)
            && is_long_id(&self.entity_id)
            && is_entity_type(&self.entity_type)
            && (1..MAX_TIMESTAMP).contains(&self.timestamp.0);
        if !is_within_limits {
            return None;
        }
        Some(RemoteEvent {
            operation: Operation::from_word(&self.operation)?,
            key: EntityKey { entity_type: self.entity_type, entity_id: self.entity_id },
            stamp: Stamp { timestamp: self.timestamp.0, device_id: self.device_id, event_id: self.id },
            body: self.encrypted_data.map(|data| STANDARD.decode(data)).transpose().ok()?,
            resolution: Resolution { conflict_resolved: self.conflict_resolved.unwrap_or(false), strategy: self.resolution_strategy },
        })
    }
}

/// A number of a server: not negative, its fraction cut off.
struct Millis(u64);

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MillisVisitor;
        impl Visitor<'_> for MillisVisitor {
            type Value = Millis;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number that is not negative")
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Millis, E> {
                Ok(Millis(value))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Millis, E> {
                // `as` cuts the fraction off and saturates, so only the sign is left to check.
                if value >= 0.0 { Ok(Millis(value as u64)) } else { Err(E::custom("negative")) }
            }
        }
        deserializer.deserialize_u64(MillisVisitor)
    }
}

#[derive(Serialize)]
struct OutFrame<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    event: OutEvent<'a>,
}

#[derive(Serialize)]
struct OutEvent<'a> {
    id: &'a str,
    user_id: &'a str,
    entity_type: &'a str,
    entity_id: &'a str,
    operation: &'a str,
    timestamp: u64,
    device_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted_data: Option<&'a str>,
    data_hash: String,
    conflict_resolved: bool,
}

impl<'a> OutEvent<'a> {
    fn new(user_id: &'a str, event: &'a RemoteEvent, encrypted_data: Option<&'a str>, digest: &[u8; 32]) -> Self {
        Self {
            id: &event.stamp.event_id,
            user_id,
            entity_type: &event.key.entity_type,
            entity_id: &event.key.entity_id,
            operation: event.operation.as_str(),
            timestamp: event.stamp.timestamp,
            device_id: &event.stamp.device_id,
            encrypted_data,
            data_hash: hex(digest),
            conflict_resolved: false,
        }
    }
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
