//! BitMarks' messages (PROTOCOL.md, "BitMarks").

use super::json::{Fields, Json};
use super::{Complaint, Cursor, Features, Frame, FrameFailure, Greeting, Page, RemoteEvent, Resolution};
use crate::engine::bytes::push_escaped;
use crate::engine::bytes::push_number;
use crate::engine::error::shorten;
use crate::engine::event::{Operation, Stamp};
use crate::engine::ids::{EntityKey, is_long_id};
use base64ct::{Base64, Encoding};

/// The keep-alive frame.
pub const PING: &str = r#"{"type":"ping"}"#;

/// Bytes of a `sync` frame around its event.
const SYNC_SHELL: usize = r#"{"type":"sync","event":}"#.len();

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
        push_escaped(&mut url, value);
    }
    url
}

/// Reads a frame.
///
/// # Errors
/// [`FrameFailure`].
pub fn read_frame(text: &str) -> Result<Frame, FrameFailure> {
    let mut frame = Fields::parse(text)?;
    let kind = frame.text("type")?;
    match kind.as_str() {
        "connected" => read_greeting(frame).map(Frame::Greeting),
        "pong" => Ok(Frame::Pong { timestamp: frame.optional_number("timestamp")? }),
        "sync" => read_event(frame.take("event")).map(Frame::Event),
        "ack" => frame.texts("ids")?.ok_or(FrameFailure::Malformed).map(Frame::Ack),
        "error" => read_complaint(frame).map(Frame::Complaint),
        _ => Err(FrameFailure::UnknownType(kind)),
    }
}

/// The frame that sends an event.
pub fn write_sync(user_id: &str, event: &RemoteEvent, digest: &[u8; 32]) -> String {
    [r#"{"type":"sync","event":"#, &event_json(user_id, event, digest), "}"].concat()
}

/// The body of a push over HTTP.
pub fn push_body(user_id: &str, events: &[(RemoteEvent, [u8; 32])]) -> String {
    let events: Vec<String> = events.iter().map(|(event, digest)| event_json(user_id, event, digest)).collect();
    [r#"{"changes":["#, &events.join(","), "]}"].concat()
}

/// Whether the answer to a push names a conflict: then it confirms nothing.
pub fn names_conflict(text: &str) -> bool {
    let Ok(mut answer) = Fields::parse(text) else { return false };
    let has_conflicts = matches!(answer.take("conflicts"), Json::List(conflicts) if !conflicts.is_empty());
    has_conflicts || matches!(answer.take("conflict_count"), Json::Number(1..))
}

/// Why a request was refused, in the server's words; empty where it has none.
pub fn read_words(text: &str) -> String {
    let words = Fields::parse(text).and_then(|mut answer| answer.optional_text("error"));
    words.ok().flatten().unwrap_or_default()
}

fn event_json(user_id: &str, event: &RemoteEvent, digest: &[u8; 32]) -> String {
    let body = event.body.as_ref().map(|body| Base64::encode_string(body));
    written(user_id, event, body.as_deref(), digest)
}

/// How long the frame of an event with a body of `body_length` bytes will be, in bytes.
pub fn sync_length(user_id: &str, event: &RemoteEvent, body_length: Option<usize>) -> usize {
    let shell = written(user_id, event, body_length.map(|_| ""), &[0; 32]);
    SYNC_SHELL + shell.len() + body_length.map_or(0, |length| length.div_ceil(3) * 4)
}

fn written(user_id: &str, event: &RemoteEvent, encrypted_data: Option<&str>, digest: &[u8; 32]) -> String {
    let data_length = encrypted_data.map_or(0, str::len);
    let mut text = String::with_capacity(data_length + 1024);
    text.push('{');
    push_field(&mut text, "id", event.stamp.event_id());
    push_field(&mut text, "user_id", user_id);
    push_field(&mut text, "entity_type", event.key.entity_type());
    push_field(&mut text, "entity_id", event.key.entity_id());
    push_field(&mut text, "operation", event.operation.as_str());
    push_field(&mut text, "device_id", event.stamp.device_id());
    push_field(&mut text, "data_hash", &hex(digest));
    if let Some(data) = encrypted_data {
        push_field(&mut text, "encrypted_data", data);
    }
    text.push_str("\"timestamp\":");
    push_number(&mut text, event.stamp.timestamp());
    text.push_str(",\"conflict_resolved\":false}");
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

/// Reads the answer to a pull from `asked`. An event that cannot be used spoils itself alone, whatever is wrong with it.
///
/// # Errors
/// [`FrameFailure::Malformed`], also where the cursor would go back.
pub fn read_page(text: &str, asked: Cursor) -> Result<Page, FrameFailure> {
    let mut page = Fields::parse(text)?;
    let Json::List(changes) = page.take("changes") else { return Err(FrameFailure::Malformed) };
    let total = changes.len();
    let events: Vec<_> = changes.into_iter().filter_map(|change| read_event(change).ok()).collect();
    let next = match asked {
        Cursor::Seq(seq) => page.optional_number("next_seq")?.filter(|next| *next >= seq).map(Cursor::Seq),
        Cursor::Since(since) => page.optional_number("last_sync_timestamp")?.map(|next| Cursor::Since(next.max(since))),
    };
    let next = next.ok_or(FrameFailure::Malformed)?;
    // A server that says "more" and does not move would be asked for ever.
    Ok(Page { bad_events: total - events.len(), events, has_more: page.flag("has_more")? && next != asked, next })
}

/// Whose session the server says it is; `None` where it does not say.
pub fn read_account(text: &str) -> Option<String> {
    Fields::parse(text).ok()?.text("user_id").ok()
}

fn read_greeting(mut frame: Fields) -> Result<Greeting, FrameFailure> {
    let features = frame.texts("features")?.unwrap_or_default();
    let has = |name| features.iter().any(|feature| feature == name);
    Ok(Greeting {
        device_id: frame.optional_text("deviceId")?,
        timestamp: frame.optional_number("timestamp")?,
        features: Features { ack: has("ack"), seq: has("seq") },
    })
}

fn read_complaint(mut frame: Fields) -> Result<Complaint, FrameFailure> {
    let code = frame.optional_text("code")?;
    let code = code.as_deref();
    Ok(Complaint {
        is_final: matches!(code, Some("invalid" | "too_large" | "forbidden")),
        is_clock: code == Some("too_far_future"),
        text: frame.text("error")?,
        event_id: frame.optional_text("id")?,
        retry_after: frame.optional_number("retryAfter")?.map(|seconds| seconds.saturating_mul(1000)),
    })
}

/// `SyncEvent`. `user_id` and `data_hash` are not read: a server may set the one, and the cipher's tag makes the other needless.
fn read_event(event: Json) -> Result<RemoteEvent, FrameFailure> {
    let Json::Record(mut event) = event else { return Err(FrameFailure::Malformed) };
    let timestamp = event.optional_number("timestamp")?.ok_or(FrameFailure::Malformed)?;
    let stamp = Stamp::new(timestamp, &event.text("device_id")?, &event.text("id")?);
    let (entity_type, entity_id) = (event.text("entity_type")?, event.text("entity_id")?);
    let operation = Operation::from_word(&event.text("operation")?);
    let data = event.optional_text("encrypted_data")?;
    let resolution = Resolution {
        conflict_resolved: event.flag("conflict_resolved")?,
        strategy: event.optional_text("resolution_strategy")?.map(|strategy| shorten(&strategy)),
    };
    let body = data.map(|data| Base64::decode_vec(&data)).transpose();
    match (operation, body) {
        (Some(operation), Ok(body)) if stamp.is_within_limits() && is_long_id(&entity_id) && is_entity_type(&entity_type) => {
            let key = EntityKey::new(&entity_type, &entity_id);
            Ok(RemoteEvent { key, operation, stamp, body, resolution })
        }
        (_, _) => Err(FrameFailure::BadEvent),
    }
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
