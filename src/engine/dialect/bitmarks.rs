//! BitMarks' messages (PROTOCOL.md, "BitMarks").

use super::{Complaint, Cursor, Features, Frame, FrameFailure, Greeting, Page, RemoteEvent, Resolution};
use crate::engine::error::shorten;
use crate::engine::event::{Operation, Stamp};
use crate::engine::ids::{EntityKey, is_long_id};
use base64ct::{Base64, Encoding};
use miniserde::de::Visitor;
use miniserde::{Deserialize, Error, json, make_place};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The keep-alive frame.
pub const PING: &str = r#"{"type":"ping"}"#;

/// Events asked for at once.
const PAGE_LIMIT: u64 = 500;
/// A page that goes by time may end in the middle of a millisecond.
const SINCE_TIE_MS: u64 = 1;

/// Whether the dialect has entities of this type.
pub fn is_entity_type(entity_type: &str) -> bool {
    matches!(entity_type, "bookmark" | "history" | "group")
}

/// The socket's address with the ids that a browser cannot send as headers.
pub fn socket_url(base: &str, user_id: &str, device_id: &str) -> String {
    let separator = if base.contains('?') { '&' } else { '?' };
    let mut url = base.to_owned();
    url.push(separator);
    for (name, value) in [("user_id=", user_id), ("&device_id=", device_id)] {
        url.push_str(name);
        url.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
    }
    url
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
    let body = event.body.as_ref().map(|body| Base64::encode_string(body));
    written(user_id, event, body.as_deref(), digest)
}

/// How long the frame of an event with a body of `body_length` bytes will be, in bytes.
pub fn sync_length(user_id: &str, event: &RemoteEvent, body_length: Option<usize>) -> usize {
    let shell = written(user_id, event, body_length.map(|_| ""), &[0; 32]);
    shell.len() + body_length.map_or(0, |length| length.div_ceil(3) * 4)
}

fn written(user_id: &str, event: &RemoteEvent, encrypted_data: Option<&str>, digest: &[u8; 32]) -> String {
    let data_length = encrypted_data.map_or(0, str::len);
    let mut text = String::with_capacity(data_length + 1024);
    text.push_str(r#"{"type":"sync","event":{"#);
    push_field(&mut text, "id", &event.stamp.event_id);
    push_field(&mut text, "user_id", user_id);
    push_field(&mut text, "entity_type", &event.key.entity_type);
    push_field(&mut text, "entity_id", &event.key.entity_id);
    push_field(&mut text, "operation", event.operation.as_str());
    push_field(&mut text, "device_id", &event.stamp.device_id);
    push_field(&mut text, "data_hash", &hex(digest));
    if let Some(data) = encrypted_data {
        push_field(&mut text, "encrypted_data", data);
    }
    text.push_str("\"timestamp\":");
    push_number(&mut text, event.stamp.timestamp);
    text.push_str(",\"conflict_resolved\":false}}");
    text
}

/// A field with a string, and a comma. (The library's writer brings 10 kB of tables for fractions along; ADR 2.)
fn push_field(text: &mut String, name: &str, value: &str) {
    text.push('"');
    text.push_str(name);
    text.push_str("\":\"");
    for character in value.chars() {
        match character {
            '"' | '\\' => {
                text.push('\\');
                text.push(character);
            }
            '\0'..' ' => {
                text.push_str("\\u00");
                text.push_str(&hex(&[character as u8]));
            }
            _ => text.push(character),
        }
    }
    text.push_str("\",");
}

fn push_number(text: &mut String, value: u64) {
    if value >= 10 {
        push_number(text, value / 10);
    }
    text.push(char::from(b'0' + (value % 10) as u8));
}

/// The body of a pull.
pub fn pull_body(cursor: Cursor) -> String {
    let (name, from) = match cursor {
        Cursor::Seq(seq) => ("{\"after_seq\":", seq),
        Cursor::Since(millis) => ("{\"since\":", millis.saturating_sub(SINCE_TIE_MS)),
    };
    let mut text = name.to_owned();
    push_number(&mut text, from);
    text.push_str(",\"limit\":");
    push_number(&mut text, PAGE_LIMIT);
    text.push('}');
    text
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
    Ok(Page { bad_events: total - events.len(), events, has_more: page.has_more.unwrap_or(false) && next != asked, next })
}

/// Whose session the server says it is; `None` where it does not say.
pub fn read_account(text: &str) -> Option<String> {
    parse::<AccountStatus>(text).ok().map(|status| status.user_id)
}

fn parse<T: Deserialize>(text: &str) -> Result<T, FrameFailure> {
    json::from_str(text).map_err(|Error| FrameFailure::Malformed)
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
    features: Option<Vec<String>>,
}

impl From<ConnectedFrame> for Greeting {
    fn from(frame: ConnectedFrame) -> Self {
        let has = |name| frame.features.iter().flatten().any(|feature| feature == name);
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
    has_more: Option<bool>,
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
        let stamp = Stamp { timestamp: self.timestamp.0, device_id: self.device_id.into(), event_id: self.id.into() };
        if !stamp.is_within_limits() || !is_long_id(&self.entity_id) || !is_entity_type(&self.entity_type) {
            return None;
        }
        Some(RemoteEvent {
            operation: Operation::from_word(&self.operation)?,
            key: EntityKey { entity_type: self.entity_type.into(), entity_id: self.entity_id.into() },
            stamp,
            body: self.encrypted_data.map(|data| Base64::decode_vec(&data)).transpose().ok()?,
            resolution: Resolution {
                conflict_resolved: self.conflict_resolved.unwrap_or(false),
                strategy: self.resolution_strategy.map(|strategy| shorten(&strategy)),
            },
        })
    }
}

/// A number of a server, its fraction cut off; one below 0 counts as 0, which no limit allows.
struct Millis(u64);

make_place!(Place);

impl Deserialize for Millis {
    fn begin(out: &mut Option<Self>) -> &mut dyn Visitor {
        Place::new(out)
    }
}

impl Visitor for Place<Millis> {
    fn nonnegative(&mut self, value: u64) -> miniserde::Result<()> {
        self.out = Some(Millis(value));
        Ok(())
    }

    fn negative(&mut self, _: i64) -> miniserde::Result<()> {
        self.nonnegative(0)
    }

    fn float(&mut self, value: f64) -> miniserde::Result<()> {
        self.nonnegative(value as u64) // `as` cuts the fraction off and saturates.
    }
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
