//! What the client sends.

use super::row::SEALED;
use crate::rows::json::{Fields, Value, text_of};

/// The first frame of a socket; never signed.
pub fn auth(token: &str) -> String {
    text_of(&Fields::from([("type", "auth".into()), ("token", token.into())]))
}

/// Asks for a sign of life, and for the server's clock.
pub fn ping() -> Fields {
    Fields::from([("type", "ping".into())])
}

/// Asks for news of a note.
pub fn join(id: &str) -> Fields {
    about("join_note", id)
}

/// Asks for no more of them.
pub fn leave(id: &str) -> Fields {
    about("leave_note", id)
}

/// Changes fields of a note that are not sealed.
pub fn update(id: &str, changes: Fields) -> Fields {
    let mut frame = about("note_update", id);
    frame.insert("changes", Value::Object(changes));
    frame
}

/// The changes of an update that changes nothing, and makes the server tell everybody what the row is by now.
pub fn poke() -> Fields {
    Fields::from([("title", SEALED.into())])
}

/// Tells the account's other devices of a note that was made.
pub fn note_created(id: &str, row: &Fields) -> Fields {
    let mut frame = about("note_created", id);
    frame.insert("noteData", Value::Object(row.clone()));
    frame
}

/// Tells them of one that was deleted.
pub fn note_deleted(id: &str) -> Fields {
    about("note_deleted", id)
}

/// Tells them of a folder: `folder_created`, `folder_updated` or `folder_deleted`.
pub fn folder(kind: &str, id: &str, row: Option<&Fields>) -> Fields {
    let mut frame = Fields::from([("type", kind.into()), ("folderId", id.into())]);
    if let Some(row) = row {
        frame.insert("folderData", Value::Object(row.clone()));
    }
    frame
}

fn about(kind: &str, id: &str) -> Fields {
    Fields::from([("type", kind.into()), ("noteId", id.into())])
}
