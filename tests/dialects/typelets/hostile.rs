//! Frames and bodies that no server should send. None may panic, and none is taken for what it is not.

use super::{NOTE, fields};
use crate::rng::Rng;
use sealwire::rows::io::Sealed;
use sealwire::rows::json::{text, text_of};
use sealwire::rows::typelets::frame::{Message, Unusable, read_frame};
use sealwire::rows::typelets::request::{MAX_ROWS, read_folders, read_notes, read_refusal, read_row};
use sealwire::rows::typelets::row::{Kind, MAX_ROW};

fn good() -> Vec<String> {
    let mut frames: Vec<String> = [
        r#"{"type":"connection_established","message":"hello"}"#,
        r#"{"type":"auth_success","message":"ok","userId":"u1","sessionSecret":"00ff"}"#,
        r#"{"type":"auth_failed","message":"no","reason":"token-expired"}"#,
        r#"{"type":"note_joined","noteId":"n1"}"#,
        r#"{"type":"note_created_sync","noteData":{"id":"n1","title":"b\u00e9\ud83d\udd11"},"timestamp":1}"#,
        r#"{"type":"note_deleted_sync","noteId":"n1"}"#,
        r#"{"type":"folder_updated_sync","folderId":"f1"}"#,
        r#"{"type":"pong","timestamp":1735430412345}"#,
        r#"{"type":"error","message":"x"}"#,
        r#"{"notes":[{"id":"n1"},{"id":"n2","updatedAt":"2026-11-22 01:15:46"}],"pagination":{"pages":1}}"#,
        r#"{"folders":[{"id":"f1","name":"x"}]}"#,
    ]
    .map(str::to_owned)
    .to_vec();
    frames.push(format!(r#"{{"type":"note_sync","noteId":"n1","changes":{{}},"updatedNote":{NOTE}}}"#));
    frames.push(NOTE.to_owned());
    frames
}

/// Pieces that are put into good texts.
const PIECES: &str = r#"{ } [ ] " \ , : null true 0 - 0.1 1e999 9007199254740993 \u0000 \ud800 __proto__ 🔑 "id":7, "iv":1, "noteId":[], "updatedNote":{ "type":"note_sync", "pages":-1,"#;

fn read_all(text: &str) {
    drop(read_frame(text));
    drop(read_notes(text, 1));
    drop(read_folders(text, 1));
    drop(read_refusal(text));
    for kind in [Kind::Note, Kind::Folder] {
        if let Some(row) = read_row(kind, text) {
            drop(Sealed::of(&row).map(|sealed| sealed.mark()));
        }
    }
}

#[test]
fn ten_thousand_mutated_texts() {
    let pieces: Vec<&str> = PIECES.split(' ').collect();
    let good = good();
    let mut rng = Rng::new(11);
    let (mut messages, mut refused) = (0, 0);
    for _ in 0..10_000 {
        let mut text = good[rng.below(good.len() as u64) as usize].clone();
        for _ in 0..=rng.below(2) {
            let mut at = rng.below(text.len() as u64 + 1) as usize;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let mut end = (at + rng.below(5) as usize).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            let piece = pieces[rng.below(pieces.len() as u64) as usize];
            text.replace_range(at..end, if rng.below(4) == 0 { "" } else { piece });
        }
        read_all(&text);
        if read_frame(&text).is_ok() { messages += 1 } else { refused += 1 }
    }
    assert!(messages > 500 && refused > 500, "{messages} {refused}: one of both was hardly tried");
}

#[test]
fn what_is_no_message_is_malformed() {
    for text in [
        "",
        "null",
        "17",
        "[]",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":null}"#,
        r#"{"Type":"pong"}"#,
        r#"{"type":"pong"}x"#,
        "\0",
        "{\"type\":\"po\nng\"}",
    ] {
        assert_eq!(read_frame(text), Err(Unusable::Malformed), "{text}");
    }
}

#[test]
fn an_id_of_the_wrong_type_spoils_the_message() {
    let long = format!("\"{}\"", "é".repeat(129));
    for wrong in ["null", "7", "true", "[]", "{}", "\"\"", "\".\"", "\"..\"", &long] {
        for kind in ["note_joined", "note_left", "note_sync", "note_update_success", "note_deleted_sync", "note_created_sync"] {
            assert_eq!(read_frame(&format!(r#"{{"type":"{kind}","noteId":{wrong}}}"#)), Err(Unusable::BadEvent), "{kind} {wrong}");
        }
        let body = format!(r#"{{"id":{wrong},"name":"x"}}"#);
        assert_eq!((read_row(Kind::Note, &body), read_row(Kind::Folder, &body)), (None, None), "{wrong}");
    }
    for wrong in ["null", "7", "[]"] {
        assert_eq!(read_frame(&format!(r#"{{"type":"auth_success","userId":{wrong}}}"#)), Err(Unusable::BadEvent));
    }
}

#[test]
fn deep_nesting() {
    for depth in [200, 100_000] {
        for nested in ["[".repeat(depth) + &"]".repeat(depth), "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth), "[".repeat(depth)] {
            for around in ["#", r#"{"type":#}"#, r#"{"type":"pong","more":#}"#, r#"{"type":"note_sync","noteId":"n1","updatedNote":#}"#] {
                assert_eq!(read_frame(&around.replace('#', &nested)), Err(Unusable::Malformed));
            }
            for around in [r#"{"notes":#}"#, r#"{"folders":#}"#, r#"{"id":"n1","more":#}"#] {
                let body = around.replace('#', &nested);
                assert_eq!((read_notes(&body, 1), read_folders(&body, 1), read_row(Kind::Note, &body)), (None, None, None));
            }
        }
    }
}

/// At each limit the last that is taken, and the first that is not.
#[test]
fn limits() {
    let many = |name: &str, count: usize| format!(r#"{{"{name}":[{}]}}"#, vec![r#"{"id":"n","name":"x"}"#; count].join(","));
    assert_eq!(read_notes(&many("notes", MAX_ROWS), 1).map(|page| page.rows.len()), Some(20_000));
    assert_eq!(read_notes(&many("notes", MAX_ROWS + 1), 1), None);
    assert_eq!(read_folders(&many("folders", MAX_ROWS), 1).map(|page| page.rows.len()), Some(20_000));
    assert_eq!(read_folders(&many("folders", MAX_ROWS + 1), 1), None);
    let note = |length: usize| {
        let rest = text_of(&read_row(Kind::Note, r#"{"id":"n1","iv":""}"#).unwrap()).len();
        format!(r#"{{"id":"n1","iv":"{}"}}"#, "x".repeat(length - rest))
    };
    assert!(read_row(Kind::Note, &note(MAX_ROW)).is_some());
    assert_eq!(read_row(Kind::Note, &note(MAX_ROW + 1)), None);
}

/// Names that mean something to JavaScript mean nothing here, and of a name that comes twice the last counts.
#[test]
fn names() {
    let row =
        read_row(Kind::Note, r#"{"id":"n0","id":"n1","__proto__":{"id":"n2"},"constructor":1,"starred":false,"starred":true}"#).unwrap();
    assert_eq!((text(&row, "id"), row.get("starred").and_then(|value| value.as_bool())), (Some("n1"), Some(true)));
    assert_eq!(read_frame(r#"{"type":"error","type":"pong"}"#), Ok(Message::Pong(None)));
    assert_eq!(read_frame(r#"{"type":"note_left","noteId":"__proto__"}"#), Ok(Message::Left("__proto__".into())));
}

#[test]
fn lone_surrogates() {
    assert_eq!(read_frame(r#"{"type":"error","message":"a\ud800b\udc00"}"#), Ok(Message::Error("a\u{FFFD}b\u{FFFD}".into())));
    let row = read_row(Kind::Folder, r#"{"id":"f1","name":"\ud83d\udd11\ud83d"}"#).unwrap();
    assert_eq!(text(&row, "name"), Some("\u{1F511}\u{FFFD}"));
}

#[test]
fn numbers_stay_as_they_were_written() {
    for number in ["9007199254740992", "9007199254740993", "1e999", "-0.0"] {
        let row = read_row(Kind::Note, &format!(r#"{{"id":"n1","more":{number}}}"#)).unwrap();
        assert_eq!(
            text_of(&row),
            text_of(&fields(&format!(
                r#"{{"archived":false,"deleted":false,"folderId":null,"hidden":false,"id":"n1","more":{number},"starred":false}}"#
            )))
        );
        assert!(text_of(&row).contains(&format!(r#""more":{number},"#)));
    }
}
