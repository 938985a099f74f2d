//! What the server sends.

use super::row::note;
use crate::engine::error::shorten;
use crate::rows::io::Secret;
use crate::rows::json::{Fields, Value, parse_object, take_text};
use crate::rows::wire::is_path_id;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The server waits for a token.
    Greeting,
    /// The token is good.
    Authenticated {
        /// Whose it is.
        user_id: String,
        /// What frames may be signed with, until the next one: 64 hex digits.
        secret: Option<Secret>,
    },
    /// It is not.
    NotAuthenticated {
        /// It was once.
        is_expired: bool,
    },
    /// News of a note will come.
    Joined(String),
    /// It will not.
    Left(String),
    /// A note has changed on another device; the row, if it can be read.
    Changed(String, Option<Fields>),
    /// An own update was carried out.
    Updated(String, Option<Fields>),
    /// Another device says that it made a note.
    NoteMade(String),
    /// Another device says that it deleted a note.
    NoteDeleted(String),
    /// Another device says that it made or changed a folder.
    FolderTouched,
    /// Another device says that it is about to delete a folder.
    FolderGoes,
    /// The server lives, and this is its clock.
    Pong(Option<u64>),
    /// Something was wrong with some frame; the server's words.
    Error(String),
}

/// Why a frame is no message.
#[derive(Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is no JSON object, or has no type.
    Malformed,
    /// Its type is not one of the protocol's.
    UnknownType(String),
    /// Its fields are missing or of the wrong type.
    BadEvent,
}

/// Reads a frame.
///
/// # Errors
/// Why it is no message.
pub fn read_frame(text: &str) -> Result<Message, Unusable> {
    let mut frame = parse_object(text).ok_or(Unusable::Malformed)?;
    let kind = take_text(&mut frame, "type").ok_or(Unusable::Malformed)?;
    let message = match kind.as_str() {
        "connection_established" => Some(Message::Greeting),
        "auth_success" => authenticated(frame),
        "auth_failed" => {
            Some(Message::NotAuthenticated { is_expired: take_text(&mut frame, "reason").as_deref() == Some("token-expired") })
        }
        "note_joined" => id_of(&mut frame, "noteId").map(Message::Joined),
        "note_left" => id_of(&mut frame, "noteId").map(Message::Left),
        "note_sync" => row_of(frame, Message::Changed),
        "note_update_success" => row_of(frame, Message::Updated),
        "note_created_sync" => made(frame),
        "note_deleted_sync" => id_of(&mut frame, "noteId").map(Message::NoteDeleted),
        "folder_created_sync" | "folder_updated_sync" => Some(Message::FolderTouched),
        "folder_deleted_sync" => Some(Message::FolderGoes),
        "pong" => Some(Message::Pong(frame.get("timestamp").and_then(whole_number))),
        "error" => Some(Message::Error(shorten(&take_text(&mut frame, "message").unwrap_or_default()))),
        _ => return Err(Unusable::UnknownType(kind)),
    };
    message.ok_or(Unusable::BadEvent)
}

fn authenticated(mut frame: Fields) -> Option<Message> {
    let user_id = take_text(&mut frame, "userId")?;
    let secret = take_text(&mut frame, "sessionSecret").filter(|secret| !secret.is_empty()).map(Secret);
    Some(Message::Authenticated { user_id, secret })
}

fn id_of(frame: &mut Fields, name: &str) -> Option<String> {
    take_text(frame, name).filter(|id| is_path_id(id))
}

/// What the frame is about, and the row if it is that one's.
fn row_of(mut frame: Fields, message: fn(String, Option<Fields>) -> Message) -> Option<Message> {
    let id = id_of(&mut frame, "noteId")?;
    let row = frame.remove("updatedNote").and_then(note).filter(|row| row.get("id").and_then(Value::as_str) == Some(&id));
    Some(message(id, row))
}

/// What another device says of its note is not looked at: the server did not read it either.
fn made(mut frame: Fields) -> Option<Message> {
    let data = frame.remove("noteData");
    let named = data.and_then(|data| if let Value::Object(mut data) = data { id_of(&mut data, "id") } else { None });
    named.or_else(|| id_of(&mut frame, "noteId")).map(Message::NoteMade)
}

/// Milliseconds; a fraction is cut off.
fn whole_number(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else { return None };
    number.split('.').next()?.parse().ok()
}
