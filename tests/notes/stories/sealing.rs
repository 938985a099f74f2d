//! What is sealed goes over REST: onto the row as it is, and never apart from its iv.

use crate::bench::{Bench, ok, status};
use crate::crypto::Key;
use crate::machine::Machine;
use crate::server::{Kind, Table};
use crate::verbs::sung;
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::rows::io::{Input, Method};
use serde_json::{Value, json};

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or("?").split(" canary").next().unwrap().to_owned()
}

/// Two devices save at the same moment. Whatever comes last, title and content fit their iv, because no ciphertext goes over a socket.
#[test]
pub fn mixed_row() {
    for seed in 0..20 {
        let (mut world, phone, laptop, note) = World::with_note(Kind::ALL[seed % 4]);
        world.luck = crate::luck::Luck::new(seed as u64);
        world.join(phone, &note);
        world.join(laptop, &note);
        world.run_for(1_000);
        world.update(phone, &note, json!({ "title": sung("A"), "content": sung("a") }));
        world.update(laptop, &note, json!({ "title": sung("B"), "content": sung("b"), "starred": true }));
        world.rest();
        let row = world.row(phone, &note).unwrap();
        let both = [text(&row, "title"), text(&row, "content")].concat();
        assert!(both == "Aa" || both == "Bb", "{both}");
        assert!(
            world
                .server
                .log
                .executed
                .iter()
                .all(|executed| executed.given.contains_key("iv") || !executed.given.contains_key("encryptedTitle"))
        );
        assert!(!world.readers.conflicts.is_empty(), "somebody is told");
        world.assert_converged();
    }
}

/// A new title keeps the content that another device has saved a moment before, which this one has not seen; and the app hears of it.
#[test]
pub fn two_editors() {
    for kind in Kind::ALL {
        let (mut world, phone, _, note) = World::with_note(kind);
        world.save_elsewhere(&note, "their title", "their content");
        world.rename(phone, &note, "my title");
        world.rest();
        let row = world.row(phone, &note).unwrap();
        assert_eq!((text(&row, "title"), text(&row, "content")), ("my title".into(), "their content".into()));
        let told = &world.readers.conflicts;
        assert_eq!((told.len(), &told[0].key, &told[0].theirs), (1, &note, &json!({ "title": "their title", "content": "their content" })));
        assert_eq!(text(&told[0].ours, "title"), "my title");
        world.assert_converged();
    }
}

/// What this device has saved is replaced within half a minute, perhaps by one that has not seen it; afterwards that is an ordinary edit.
#[test]
pub fn saved_over_a_moment_ago() {
    for (pause, expected) in [(20_000, 1), (40_000, 0)] {
        let mut b = Bench::new();
        let [first, theirs] = [b.row("n1", "a", "b", 1), b.row("n1", "c", "d", 30)];
        b.connect();
        b.list(std::slice::from_ref(&first));
        b.update("note/n1", json!({ "content": "mine" }));
        assert!(b.answer(Method::Get, "/notes/n1", ok(&first)));
        let mut saved = b.body(Method::Put, "/notes/n1").unwrap();
        saved
            .as_object_mut()
            .unwrap()
            .extend(json!({ "id": "n1", "userId": "u1", "updatedAt": "2026-11-22T01:00:02.000Z" }).as_object().unwrap().clone());
        assert!(b.answer(Method::Put, "/notes/n1", ok(&saved)));
        b.hear(&json!({ "type": "note_update_success", "noteId": "n1", "updatedNote": saved }));
        assert_eq!(b.settled, ["e1 confirmed"]);
        b.stay(pause);
        b.hear(&json!({ "type": "note_sync", "noteId": "n1", "changes": {}, "updatedNote": theirs }));
        assert_eq!(b.conflicts().len(), expected, "after {pause} ms");
    }
}

/// An own version counts as own also after a crash, and after its answer was lost.
#[test]
pub fn an_own_version_is_no_conflict() {
    let mut b = Bench::new();
    let first = b.row("n1", "a", "b", 1);
    b.connect();
    b.list(std::slice::from_ref(&first));
    b.update("note/n1", json!({ "content": "mine" }));
    assert!(b.answer(Method::Get, "/notes/n1", ok(&first)));
    let mut saved = b.body(Method::Put, "/notes/n1").unwrap();
    saved
        .as_object_mut()
        .unwrap()
        .extend(json!({ "id": "n1", "userId": "u1", "updatedAt": "2026-11-22T01:00:02.000Z" }).as_object().unwrap().clone());
    let mut b = b.reload();
    b.connect();
    b.list(std::slice::from_ref(&saved));
    b.stay(5_000);
    assert!(b.answer(Method::Get, "/notes/n1", ok(&saved)), "it looks");
    b.hear(&json!({ "type": "note_update_success", "noteId": "n1", "updatedNote": saved }));
    assert_eq!(b.settled, ["e1 confirmed"], "it was saved before the crash");
    b.update("note/n1", json!({ "title": "again" }));
    b.stay(70_000);
    assert!(b.answer(Method::Get, "/notes/n1", ok(&saved)), "{:?}", b.asked);
    assert!(b.body(Method::Put, "/notes/n1").is_some());
    assert_eq!(b.conflicts(), [] as [Value; 0]);
}

/// Before the look is answered another device has saved over what this one had: that version is not this device's.
#[test]
pub fn anothers_version_is_not_taken_for_ones_own() {
    let mut b = Bench::new();
    let [first, theirs] = [b.row("n1", "a", "b", 1), b.row("n1", "c", "d", 30)];
    b.connect();
    b.list(std::slice::from_ref(&first));
    b.update("note/n1", json!({ "content": "mine" }));
    assert!(b.answer(Method::Get, "/notes/n1", ok(&first)));
    let mut saved = b.body(Method::Put, "/notes/n1").unwrap();
    saved
        .as_object_mut()
        .unwrap()
        .extend(json!({ "id": "n1", "userId": "u1", "updatedAt": "2026-11-22T01:00:02.000Z" }).as_object().unwrap().clone());
    assert!(b.answer(Method::Put, "/notes/n1", status(502)));
    b.hear(&json!({ "type": "note_sync", "noteId": "n1", "changes": {}, "updatedNote": theirs }));
    // The answer to the look is older than that.
    assert!(b.answer(Method::Get, "/notes/n1", ok(&saved)));
    b.hear(&json!({ "type": "note_update_success", "noteId": "n1", "updatedNote": theirs }));
    assert_eq!(b.settled, ["e1 confirmed"]);
    let told = b.conflicts().len();
    let stored = b.store.get(sealwire::engine::storage::Store::Heads, "r/note/n1").unwrap().clone();
    assert!(!String::from_utf8_lossy(&stored).contains("_mine"), "it is marked as one's own");
    assert!(told <= 1);
}

/// A note that nobody here can open is shown as such, its other fields can be changed, and a part of its texts cannot.
#[test]
pub fn a_row_that_cannot_be_opened() {
    let (mut world, phone, _, note) = World::with_note(Kind::ALL[0]);
    let wall = world.wall();
    let row = Key::Wrong.seal_row(&mut world.luck, "x", "y");
    let other = format!("note/{}", world.server.plant(wall, "u1", Table::Notes, row));
    world.rest();
    assert_eq!(world.row(phone, &other).unwrap()["unreadable"], true);
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::BadSeal), 1);
    world.update(phone, &other, json!({ "starred": true }));
    let part = world.rename(phone, &other, "mine");
    world.rest();
    assert_eq!(world.server.notes[other.strip_prefix("note/").unwrap()]["starred"], true);
    assert!(world.tab(phone).diary.rejected.iter().any(|refusal| refusal.event_id == part.event_id), "{}", world.trace());
    world.update(phone, &other, json!({ "title": sung("new"), "content": sung("new") }));
    world.rename(phone, &note, "another one goes on");
    world.rest();
    assert_eq!(text(&world.row(phone, &other).unwrap(), "title"), "new");
    assert_eq!(text(&world.row(phone, &note).unwrap(), "title"), "another one goes on");
}

/// With another password nothing that is sealed is sent, and the app is told; what is not sealed goes on.
#[test]
pub fn a_wrong_password() {
    for notes in [1, 120] {
        let mut world = World::new(1, Kind::ALL[0]);
        for number in 0..notes {
            world.plant(&format!("t{number}"), "c");
        }
        let phone = world.add_machine(Machine { key: Key::Wrong, ..Machine::new("phone", "u1") });
        world.connect(phone);
        world.rest();
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::KeyMismatch), 1, "{notes} notes");
        let note = format!("note/{}", world.server.notes.keys().next().unwrap());
        let before = world.server.log.executed.len();
        world.create(phone, "milk");
        world.update(phone, &note, json!({ "title": sung("x"), "content": sung("y") }));
        world.run_for(200_000);
        assert_eq!(world.server.log.executed.len(), before);
        world.create_folder(phone, "bills");
        world.run_for(30_000);
        assert_eq!(world.server.log.executed.len(), before + 1);
        world.reload(phone);
        world.run_for(100_000);
        assert_eq!(world.server.log.executed.len(), before + 1, "nor after a reload");
    }
}

/// A note that is not sealed, from before there was a password: what stays of it is sealed with what is new.
#[test]
pub fn a_note_that_is_not_sealed() {
    let (mut world, phone, laptop) = World::with_two(Kind::ALL[0]);
    let wall = world.wall();
    let note = format!("note/{}", world.server.plant(wall, "u1", Table::Notes, json!({ "title": "old title", "content": "old content" })));
    world.rest();
    assert_eq!(text(&world.row(phone, &note).unwrap(), "content"), "old content");
    world.rename(phone, &note, "new title");
    world.rest();
    for tab in [phone, laptop] {
        let row = world.row(tab, &note).unwrap();
        assert_eq!((text(&row, "title"), text(&row, "content")), ("new title".into(), "old content".into()));
    }
    assert_eq!(world.server.notes[note.strip_prefix("note/").unwrap()]["content"], "[ENCRYPTED]");
}

/// A page freezes between reading a row and writing it: it reads again.
#[test]
pub fn a_row_that_was_read_long_ago() {
    let mut b = Bench::new();
    let [first, theirs] = [b.row("n1", "a", "b", 1), b.row("n1", "c", "d", 30)];
    b.connect();
    b.list(std::slice::from_ref(&first));
    b.update("note/n1", json!({ "title": "mine" }));
    b.lose();
    assert!(b.answer(Method::Get, "/notes/n1", ok(&first)));
    b.feed(Input::Visible(true));
    b.pass(60_000);
    b.connect();
    assert!(b.body(Method::Put, "/notes/n1").is_none(), "what it has read is a minute old");
    b.stay(5_000);
    assert!(b.answer(Method::Get, "/notes/n1", ok(&theirs)), "{:?}", b.asked);
    let body = b.body(Method::Put, "/notes/n1").expect("it is saved");
    let saved = Key::Right.open_row(body.as_object().unwrap()).unwrap();
    assert_eq!(saved, ("mine".to_owned(), "d".to_owned()));
    assert_eq!(b.conflicts(), [json!({ "title": "c", "content": "d" })]);
}
