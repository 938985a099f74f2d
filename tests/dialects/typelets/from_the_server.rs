//! Each frame of the server, as it is read.

use super::{NOTE, ROW, fields};
use sealwire::rows::io::Secret;
use sealwire::rows::json::text_of;
use sealwire::rows::typelets::frame::{Message, Unusable, read_frame};

fn with_note(kind: &str, id: &str, note: &str) -> Result<Message, Unusable> {
    read_frame(&format!(
        r#"{{"type":"{kind}","noteId":"{id}","changes":{{"starred":true}},"updatedNote":{note},"timestamp":1,"fromUserId":"u1"}}"#
    ))
}

#[test]
fn the_greeting() {
    assert_eq!(read_frame(r#"{"type":"connection_established","message":"Please authenticate to continue"}"#), Ok(Message::Greeting));
}

#[test]
fn authentication() {
    let success = r#"{"type":"auth_success","message":"Authentication successful","userId":"user_1","sessionSecret":"098a"}"#;
    assert_eq!(read_frame(success), Ok(Message::Authenticated { user_id: "user_1".into(), secret: Some(Secret("098a".into())) }));
    for without in [r#"{"type":"auth_success","userId":"u"}"#, r#"{"type":"auth_success","userId":"u","sessionSecret":""}"#] {
        assert_eq!(read_frame(without), Ok(Message::Authenticated { user_id: "u".into(), secret: None }));
    }
    for (reason, is_expired) in [(r#","reason":"token-expired""#, true), (r#","reason":"auth-failed""#, false), ("", false)] {
        let frame = format!(r#"{{"type":"auth_failed","message":"Authentication failed"{reason}}}"#);
        assert_eq!(read_frame(&frame), Ok(Message::NotAuthenticated { is_expired }));
    }
}

#[test]
fn a_secret_is_not_printed() {
    let printed = format!("{:?}", read_frame(r#"{"type":"auth_success","userId":"u","sessionSecret":"0123456789abcdef"}"#));
    assert!(!printed.contains("0123"), "{printed}");
}

#[test]
fn joins() {
    let joined = r#"{"type":"note_joined","noteId":"n1","message":"Successfully joined note for real-time sync"}"#;
    assert_eq!(read_frame(joined), Ok(Message::Joined("n1".into())));
    assert_eq!(read_frame(r#"{"type":"note_left","noteId":"n1"}"#), Ok(Message::Left("n1".into())));
}

#[test]
fn a_row_comes_with_news_and_with_success() {
    assert_eq!(with_note("note_sync", "n1", NOTE), Ok(Message::Changed("n1".into(), Some(fields(ROW)))));
    assert_eq!(with_note("note_update_success", "n1", NOTE), Ok(Message::Updated("n1".into(), Some(fields(ROW)))));
}

#[test]
fn a_row_that_is_another_ones_or_none_is_asked_for() {
    for note in [NOTE, "null", "7", "[]", r#"{"id":7}"#] {
        assert_eq!(with_note("note_sync", "n2", note), Ok(Message::Changed("n2".into(), None)), "{note}");
        assert_eq!(with_note("note_update_success", "n2", note), Ok(Message::Updated("n2".into(), None)), "{note}");
    }
}

#[test]
fn what_other_devices_say() {
    let made = |data: &str| read_frame(&format!(r#"{{"type":"note_created_sync",{data},"timestamp":1,"fromUserId":"u1"}}"#));
    for data in [
        r#""noteData":{"id":"n1","title":"x"}"#,
        r#""noteId":"n1""#,
        r#""noteData":{"title":"x"},"noteId":"n1""#,
        r#""noteData":7,"noteId":"n1""#,
    ] {
        assert_eq!(made(data), Ok(Message::NoteMade("n1".into())), "{data}");
    }
    assert_eq!(made(r#""noteData":{"title":"x"}"#), Err(Unusable::BadEvent));
    assert_eq!(read_frame(r#"{"type":"note_deleted_sync","noteId":"n1","timestamp":1}"#), Ok(Message::NoteDeleted("n1".into())));
    for (kind, message) in [
        ("folder_created_sync", Message::FolderTouched),
        ("folder_updated_sync", Message::FolderTouched),
        ("folder_deleted_sync", Message::FolderGoes),
    ] {
        assert_eq!(read_frame(&format!(r#"{{"type":"{kind}","folderId":"f1"}}"#)), Ok(message.clone()));
        assert_eq!(read_frame(&format!(r#"{{"type":"{kind}"}}"#)), Ok(message));
    }
}

#[test]
fn the_servers_clock() {
    for (timestamp, read) in [
        ("1735430412345", Some(1_735_430_412_345)),
        ("1735430412345.75", Some(1_735_430_412_345)),
        ("\"1\"", None),
        ("-1", None),
        ("1e400", None),
    ] {
        assert_eq!(read_frame(&format!(r#"{{"type":"pong","timestamp":{timestamp}}}"#)), Ok(Message::Pong(read)));
    }
    assert_eq!(read_frame(r#"{"type":"pong"}"#), Ok(Message::Pong(None)));
}

#[test]
fn errors() {
    assert_eq!(
        read_frame(r#"{"type":"error","message":"No valid fields to update"}"#),
        Ok(Message::Error("No valid fields to update".into()))
    );
    assert_eq!(read_frame(r#"{"type":"error"}"#), Ok(Message::Error(String::new())));
    let long = read_frame(&format!(r#"{{"type":"error","message":"{}"}}"#, "é".repeat(1_000)));
    assert!(matches!(long, Ok(Message::Error(words)) if words.chars().count() == 200));
}

#[test]
fn what_is_not_listed_is_unknown() {
    for kind in ["presence", "auth", "join_note", "note_update", "Pong", ""] {
        assert_eq!(read_frame(&format!(r#"{{"type":"{kind}","noteId":"n1"}}"#)), Err(Unusable::UnknownType(kind.into())));
    }
}

#[test]
fn a_field_of_the_wrong_type_is_left_out() {
    let odd = r#"{"id":"n1","userId":7,"title":[],"content":{},"encryptedTitle":1,"encryptedContent":null,"iv":false,"salt":2,"folderId":3,"starred":"yes","archived":1,"deleted":null,"hidden":{},"createdAt":0,"updatedAt":[],"more":1}"#;
    let read = r#"{"archived":false,"deleted":false,"folderId":null,"hidden":false,"id":"n1","more":1,"starred":false}"#;
    let Ok(Message::Changed(_, Some(row))) = with_note("note_sync", "n1", odd) else { panic!("it is not read") };
    assert_eq!(text_of(&row), read);
}
