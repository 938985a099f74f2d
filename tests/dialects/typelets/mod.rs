//! Typelets.

mod answers;
mod from_the_client;
mod from_the_server;
mod hostile;
mod requests;

use sealwire::rows::json::Fields;

/// A sealed note, as the server prints it.
const NOTE: &str = r#"{"id":"n1","userId":"u1","title":"[ENCRYPTED]","content":"[ENCRYPTED]","encryptedTitle":"dGl0bGU=","encryptedContent":"Y29udGVudA==","iv":"AAECAwQFBgcICQoLDA0ODw==","salt":"c2FsdA==","folderId":null,"starred":true,"archived":false,"deleted":false,"hidden":false,"tags":["a"],"createdAt":"2026-11-22 01:15:46","updatedAt":"2026-11-22T01:15:46.215Z"}"#;
/// The same as it is kept.
const ROW: &str = r#"{"archived":false,"content":"[ENCRYPTED]","createdAt":"2026-11-22T01:15:46Z","deleted":false,"encryptedContent":"Y29udGVudA==","encryptedTitle":"dGl0bGU=","folderId":null,"hidden":false,"id":"n1","iv":"AAECAwQFBgcICQoLDA0ODw==","salt":"c2FsdA==","starred":true,"tags":["a"],"title":"[ENCRYPTED]","updatedAt":"2026-11-22T01:15:46.215Z","userId":"u1"}"#;

fn fields(json: &str) -> Fields {
    sealwire::rows::json::parse_object(json).unwrap()
}
