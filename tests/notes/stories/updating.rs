//! What is not sealed goes over the socket: one update at a time, confirmed where the row holds every value.

use crate::bench::{Bench, ok, status};
use sealwire::engine::error::ErrorCode;
use sealwire::engine::ids::ReadId;
use sealwire::engine::io::Decision;
use sealwire::rows::io::{Command, Method, Verb};
use serde_json::{Value, json};

fn with(row: &Value, fields: &Value, second: u64) -> Value {
    let mut row = row.clone();
    row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    row["updatedAt"] = format!("2026-11-22T02:00:{second:02}.000Z").into();
    row
}

fn done(row: &Value) -> Value {
    json!({ "type": "note_update_success", "noteId": row["id"], "updatedNote": row, "timestamp": 1 })
}

fn updates(b: &mut Bench) -> Vec<Value> {
    b.frames().into_iter().filter(|frame| frame["type"] == "note_update").map(|frame| frame["changes"].clone()).collect()
}

fn live() -> (Bench, Value) {
    let row = Bench::new().row("n1", "a", "b", 1);
    let b = Bench::live(std::slice::from_ref(&row));
    (b, row)
}

#[test]
pub fn waiting_updates_of_a_note_go_together() {
    let (mut b, row) = live();
    b.update("note/n1", json!({ "starred": true }));
    b.update("note/n1", json!({ "archived": true, "hidden": true }));
    b.update("note/n1", json!({ "hidden": false }));
    b.update("note/n1", json!({ "folderId": null, "starred": false }));
    assert_eq!(updates(&mut b), [json!({ "starred": true })], "one is in the air");
    b.hear(&done(&with(&row, &json!({ "starred": true }), 1)));
    assert_eq!(updates(&mut b), [json!({ "archived": true, "folderId": null, "hidden": false, "starred": false })]);
    b.hear(&done(&with(&row, &json!({ "archived": true }), 2)));
    assert_eq!(b.settled, ["e1 confirmed", "e2 confirmed", "e3 confirmed", "e4 confirmed"]);
}

/// The first one is late, and its success comes when the second is in the air: it does not confirm that one.
#[test]
pub fn late_success() {
    let (mut b, row) = live();
    b.update("note/n1", json!({ "starred": true }));
    b.stay(10_000);
    assert_eq!(b.errors(), ["no_answer note_update"]);
    b.update("note/n1", json!({ "archived": true }));
    assert!(b.answer(Method::Get, "/notes/n1", ok(&with(&row, &json!({ "starred": true }), 1))));
    assert_eq!(b.settled, ["e1 confirmed"]);
    // What comes after it to the same note waits until the first copy is dead.
    b.stay(25_000);
    assert_eq!(updates(&mut b), [json!({ "starred": true })]);
    b.stay(10_000);
    assert_eq!(updates(&mut b), [json!({ "archived": true })]);
    b.hear(&done(&with(&row, &json!({ "starred": true }), 1)));
    assert_eq!(b.settled, ["e1 confirmed"], "it holds not all that was sent");
    b.hear(&done(&with(&row, &json!({ "starred": true, "archived": true }), 2)));
    assert_eq!(b.settled, ["e1 confirmed", "e2 confirmed"]);
}

/// An error may be about anything: it is looked whether the update was carried out; the second one of the same update refuses it.
#[test]
pub fn whose_error() {
    let (mut b, row) = live();
    let other = b.row("n2", "c", "d", 2);
    b.hear(&json!({ "type": "note_sync", "noteId": "n2", "updatedNote": other, "changes": {} }));
    b.update("note/n1", json!({ "starred": true }));
    b.update("note/n2", json!({ "starred": true }));
    assert_eq!(updates(&mut b).len(), 1, "one in all");
    b.hear(&json!({ "type": "error", "message": "Failed to update note" }));
    assert!(b.answer(Method::Get, "/notes/n1", ok(&with(&row, &json!({ "starred": true }), 1))));
    assert_eq!(b.settled, ["e1 confirmed"]);
    assert_eq!(updates(&mut b).len(), 1, "the other one");
    for _ in 0..2 {
        b.hear(&json!({ "type": "error", "message": "No such folder" }));
        b.answer(Method::Get, "/notes/n2", ok(&other));
        b.stay(1_000);
    }
    let refused: Vec<_> = b.notices.iter().filter(|notice| matches!(notice, sealwire::rows::notice::Notice::Rejected(_))).collect();
    assert_eq!((refused.len(), b.engine.status().wedged), (1, 1));
    assert_eq!(b.told("note/n2").unwrap()["starred"], false, "it is not shown any more");
}

/// It is sent again by the app's will, and an error of that one is not the second of the former.
#[test]
pub fn a_refused_update_that_is_sent_again() {
    let (mut b, row) = live();
    b.update("note/n1", json!({ "starred": true }));
    for _ in 0..2 {
        b.hear(&json!({ "type": "error", "message": "No" }));
        b.answer(Method::Get, "/notes/n1", ok(&row));
        b.stay(1_000);
    }
    assert_eq!(b.engine.status().wedged, 1);
    b.frames();
    b.command(Command::Decide { read: ReadId(1), decision: Decision::Retry, event_id: "e1".into() });
    b.stay(1_000);
    assert_eq!(updates(&mut b).len(), 1);
    b.hear(&json!({ "type": "error", "message": "about something else" }));
    assert_eq!(b.engine.status().wedged, 0);
    assert!(b.answer(Method::Get, "/notes/n1", ok(&with(&row, &json!({ "starred": true }), 1))));
    assert_eq!(b.settled, ["e1 confirmed"]);
}

/// The connection is lost while an update is in the air: it is looked for when there is another one.
#[test]
pub fn lost_with_an_update_in_the_air() {
    for is_done in [true, false] {
        let (mut b, row) = live();
        b.update("note/n1", json!({ "starred": true }));
        b.lose();
        b.pass(2_000);
        b.connect();
        b.frames();
        let after = if is_done { with(&row, &json!({ "starred": true }), 1) } else { row.clone() };
        b.list(std::slice::from_ref(&after));
        assert!(b.answer(Method::Get, "/notes/n1", ok(&after)), "{:?}", b.asked);
        b.stay(3_000);
        assert_eq!(updates(&mut b).len(), usize::from(!is_done));
        assert_eq!(b.settled.len(), usize::from(is_done));
    }
}

#[test]
pub fn what_cannot_be_sent_is_refused() {
    let (mut b, _) = live();
    b.stored.clear();
    for data in
        [json!({}), json!({ "colour": "red" }), json!({ "starred": "yes" }), json!({ "encryptedTitle": "AAAA" }), json!({ "iv": "AAAA" })]
    {
        b.update("note/n1", data);
    }
    assert!(b.stored.iter().all(|stored| *stored == Err(ErrorCode::BadChange)) && b.stored.len() == 5, "{:?}", b.stored);
    b.stay(1_000);
    assert_eq!(updates(&mut b), [] as [Value; 0]);
}

/// Never more than 300 frames in a minute, and no work for nothing while the limit is in the way.
#[test]
pub fn the_pace_of_frames() {
    let (mut b, row) = live();
    let mut times: Vec<u64> = vec![b.now];
    let mut row = row;
    for round in 0..900_u64 {
        b.update("note/n1", json!({ "starred": round.is_multiple_of(2) }));
        for frame in b.frames() {
            times.push(b.now);
            if frame["type"] == "note_update" {
                row = with(&row, &frame["changes"], 1);
                b.hear(&done(&row));
            }
        }
        b.pass(40);
        if round.is_multiple_of(50) {
            b.hear(&json!({ "type": "pong" }));
            b.asked.clear();
        }
    }
    let commits = b.commits;
    for _ in 0..130 {
        b.pass(1_000);
        b.hear(&json!({ "type": "pong" }));
        for frame in b.frames() {
            times.push(b.now);
            if frame["type"] == "note_update" {
                row = with(&row, &frame["changes"], 1);
                b.hear(&done(&row));
            }
        }
    }
    let most = times.iter().map(|from| times.iter().filter(|at| (*from..from + 60_000).contains(*at)).count()).max();
    assert!(most <= Some(300), "{most:?}");
    assert_eq!(b.engine.status().pending, 0);
    assert!(b.commits - commits < 600, "{} transactions", b.commits - commits);
}

/// A folder is deleted: the others are told before, for afterwards the server knows of none.
#[test]
pub fn a_folder_is_told_of_before_it_goes() {
    let mut b = Bench::new();
    b.connect();
    assert!(b.answer(Method::Get, "/folders", ok(&json!({ "folders": [{ "id": "f1", "name": "old" }] }))));
    b.push(Verb::Delete, "folder/f1", Value::Null);
    assert_eq!(b.said(), ["auth", "folder_deleted"]);
    assert!(b.answer(Method::Delete, "/folders/f1", status(204)));
    assert_eq!((b.said(), &b.settled[..]), (vec![], &["e1 confirmed".to_owned()][..]));
}

/// A frame that was held back tells of a version before the one that is known.
#[test]
pub fn an_older_row_that_comes_late() {
    let (mut b, row) = live();
    let sync = |row: &Value| json!({ "type": "note_sync", "noteId": "n1", "changes": {}, "updatedNote": row });
    b.hear(&sync(&with(&row, &json!({ "starred": true }), 2)));
    b.hear(&sync(&with(&row, &json!({ "starred": false }), 1)));
    assert_eq!(b.told("note/n1").unwrap()["starred"], true);
}
