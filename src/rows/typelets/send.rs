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

/// Tells them of a folder that was made.
pub fn folder_created(id: &str, row: &Fields) -> Fields {
    Fields::from([("type", "folder_created".into()), ("folderId", id.into()), ("folderData", Value::Object(row.clone()))])
}

/// Tells them of one that was changed.
pub fn folder_updated(id: &str, changes: &Fields, row: &Fields) -> Fields {
    let [changes, updated] = [changes, row].map(|fields| Value::Object(fields.clone()));
    Fields::from([("type", "folder_updated".into()), ("folderId", id.into()), ("changes", changes), ("updatedFolder", updated)])
}

/// Tells them of one that is about to be deleted.
pub fn folder_deleted(id: &str) -> Fields {
    Fields::from([("type", "folder_deleted".into()), ("folderId", id.into())])
}

fn about(kind: &str, id: &str) -> Fields {
    Fields::from([("type", kind.into()), ("noteId", id.into())])
}
