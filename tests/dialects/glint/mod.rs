//! Glint.

mod answers;
mod from_the_server;
mod hostile;
mod records;
mod requests;

use sealwire::rows::glint::frame::{News, Unusable, read_frame};
use sealwire::rows::json::Fields;

/// A todo of the seed's generation, as the server prints it.
const SEED_TODO: &str = r#"{"id":"t1","userId":"u1","parentId":null,"title":"Buy milk","completed":false,"sortOrder":1,"commentCount":0,"claimedBy":null,"claimedByName":null,"claimedByAvatar":null,"createdAt":"2026-11-22 01:15:46","updatedAt":"2026-11-22 01:15:46"}"#;
/// The same as it is kept.
const SEED_ROW: &str = r#"{"claimedBy":null,"claimedByAvatar":null,"claimedByName":null,"commentCount":0,"completed":false,"createdAt":"2026-11-22T01:15:46Z","id":"t1","parentId":null,"sortOrder":1,"title":"Buy milk","updatedAt":"2026-11-22T01:15:46Z","userId":"u1"}"#;
/// One of the third generation.
const LATEST_TODO: &str = r#"{"id":"t2","userId":"u1","parentId":"t1","title":"Oat milk","completed":true,"sortOrder":1.5,"commentCount":2,"assignees":[{"userId":"u2","name":"Ada","username":"ada","avatarUrl":null}],"createdAt":"2026-11-22T01:15:46.215Z","updatedAt":"2026-11-23 09:00:00"}"#;
const LATEST_ROW: &str = r#"{"assignees":[{"avatarUrl":null,"name":"Ada","userId":"u2","username":"ada"}],"commentCount":2,"completed":true,"createdAt":"2026-11-22T01:15:46.215Z","id":"t2","parentId":"t1","sortOrder":1.5,"title":"Oat milk","updatedAt":"2026-11-23T09:00:00Z","userId":"u1"}"#;

/// Reads a frame as a client of `set-1` does.
fn read(frame: &str) -> Result<News, Unusable> {
    read_frame(frame, "set-1")
}

fn fields(json: &str) -> Fields {
    sealwire::rows::json::parse_object(json).unwrap()
}

/// Fields as the tests' own library reads them.
fn values(fields: &Fields) -> serde_json::Value {
    serde_json::from_str(&sealwire::rows::json::text_of(fields)).unwrap()
}

fn updated(id: &str, json: &str) -> Result<News, Unusable> {
    Ok(News::Updated { id: id.into(), fields: fields(json) })
}
