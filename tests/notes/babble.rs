//! What no server should say.

use crate::luck::Luck;
use crate::server::Server;
use serde_json::{Value, json};

pub fn babble(luck: &mut Luck, server: &Server) -> String {
    let id = server.notes.keys().next().cloned().unwrap_or_default();
    let row = server.notes.get(&id).cloned().map_or(Value::Null, Value::Object);
    let frames = [
        json!({ "type": "note_sync", "noteId": id, "changes": { "encryptedTitle": "AAAA" } }),
        json!({ "type": "note_sync", "noteId": "n0", "updatedNote": row }),
        json!({ "type": "note_sync", "updatedNote": row }),
        json!({ "type": "note_update_success", "noteId": id, "updatedNote": { "id": id } }),
        json!({ "type": "note_update_success", "noteId": "n0" }),
        json!({ "type": "note_created_sync", "noteData": { "id": "n0", "title": "nobody made it" } }),
        json!({ "type": "note_deleted_sync", "noteId": id }),
        json!({ "type": "folder_created_sync" }),
        json!({ "type": "folder_deleted_sync", "folderId": "f0" }),
        json!({ "type": "note_joined", "noteId": id }),
        json!({ "type": "note_left", "noteId": "n0" }),
        json!({ "type": "pong" }),
        json!({ "type": "new_feature", "x": [1.5, null] }),
        json!({ "type": 7 }),
        json!([]),
    ];
    luck.pick(&frames).to_string()
}
