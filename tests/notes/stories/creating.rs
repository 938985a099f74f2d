//! Creates, deletes and what depends on them: the server gives the ids, and knows no create again.

use crate::bench::{Bench, ok, status};
use crate::luck::Fault;
use crate::server::{Deed, Kind};
use crate::verbs::sung;
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::io::{Decision, HttpOutcome};
use sealwire::engine::notice::Outcome;
use sealwire::rows::io::{Method, Query, Reply, Verb};
use serde_json::{Value, json};

/// The answer to a create is lost, or the request, or it comes late: the note is made once, and has what was said meanwhile.
#[test]
pub fn create_twice() {
    for kind in Kind::ALL {
        for fault in [Fault::ReplyLost, Fault::RequestLost, Fault::RunsLate, Fault::FailsAfter, Fault::FailsBefore] {
            for crashes in [false, true] {
                let (mut world, phone, laptop) = World::with_two(kind);
                world.spares_reads = true;
                world.luck.set_odds(fault, 100);
                let made = world.create(phone, "milk");
                assert!(world.run_until(60_000, |world| world.luck.hits().contains_key(&fault)));
                world.luck.clear_odds();
                world.spares_reads = false;
                if crashes {
                    world.run_for(5);
                    world.reload(phone);
                }
                world.rename(phone, &made.id, "oat milk");
                world.update(phone, &made.id, json!({ "starred": true }));
                world.rest();
                assert_eq!(world.posts(), 1, "{kind:?} {fault:?} {crashes}\n{}", world.trace());
                assert_eq!(world.shown(laptop).len(), 1);
                let row = world.row(phone, &made.id).unwrap();
                assert_eq!((row["title"].clone(), row["starred"].clone()), (sung("oat milk").into(), json!(true)));
                assert!(world.readers.conflicts.is_empty(), "{}", world.trace());
                world.assert_converged();
            }
        }
    }
}

/// Offline: a folder, a note in it, edits on top, a child folder. All of it goes in its order, under the server's ids.
#[test]
pub fn made_offline() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.cut(phone);
        let folder = world.create_folder(phone, "bills");
        let folder_id = folder.id.strip_prefix("folder/").unwrap().to_owned();
        let note = world.create_with(phone, json!({ "title": sung("power"), "content": sung("42"), "folderId": folder_id }));
        world.rewrite(phone, &note.id, "43");
        world.update(phone, &note.id, json!({ "starred": true, "title": sung("power bill") }));
        world.push(phone, Verb::Create, "folder/tmp_child", json!({ "name": "paid", "parentId": folder_id }));
        world.update(phone, &note.id, json!({ "folderId": "tmp_child" }));
        world.run_for(60_000);
        assert_eq!(world.shown(phone).len(), 3);
        world.reload(phone);
        world.run_for(1_000);
        let row = world.row(phone, &note.id).unwrap();
        assert_eq!((row["title"].as_str(), row["folderId"].as_str()), (Some(sung("power bill").as_str()), Some("tmp_child")));
        world.heal(phone);
        world.rest();
        assert_eq!((world.posts(), world.shown(laptop).len()), (3, 3), "{}", world.trace());
        let row = world.row(phone, &note.id).unwrap();
        assert_eq!(row["folderId"], world.row(phone, "folder/tmp_child").unwrap()["id"]);
        assert_eq!(row["content"], sung("43"));
        world.assert_converged();
    }
}

#[test]
pub fn made_and_deleted_offline() {
    let (mut world, phone, _) = World::with_two(Kind::ALL[0]);
    world.cut(phone);
    let made = world.create(phone, "milk");
    world.rename(phone, &made.id, "oat milk");
    let gone = world.delete(phone, &made.id);
    world.run_for(1_000);
    world.heal(phone);
    world.rest();
    assert_eq!((world.posts(), world.shown(phone).len()), (0, 0));
    let ends = [&made, &gone].map(|made| world.tab(phone).diary.settled[&made.event_id]);
    assert_eq!(ends, [Outcome::Superseded, Outcome::Unchanged]);
    world.assert_converged();
}

/// Into the bin, and back from it.
#[test]
pub fn the_bin() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop, note) = World::with_note(kind);
        world.delete(phone, &note);
        world.rest();
        assert_eq!((world.shown(phone).len(), world.shown(laptop).len()), (0, 0));
        assert_eq!(world.server.notes.values().next().unwrap()["deleted"], true);
        world.update(laptop, &note, json!({ "deleted": false }));
        world.rest();
        assert_eq!((world.shown(phone).len(), world.shown(laptop).len()), (1, 1), "{}", world.trace());
        world.assert_converged();
    }
}

/// The plan's limit: the create is refused, with what depends on it; sent again later, or given up.
#[test]
pub fn the_limit_of_a_plan() {
    for decision in [Decision::Retry, Decision::Discard] {
        let (mut world, phone, _) = World::with_two(Kind::ALL[0]);
        world.server.max_notes = 1;
        world.create(phone, "first");
        world.rest();
        let made = world.create(phone, "second");
        let edit = world.update(phone, &made.id, json!({ "starred": true }));
        world.rest();
        let rejected = &world.tab(phone).diary.rejected;
        assert_eq!(rejected.iter().map(|refusal| refusal.code).collect::<Vec<_>>(), [ErrorCode::Refused, ErrorCode::BlockedBy]);
        assert_eq!(rejected[0].reason, "Upgrade your plan");
        assert_eq!(world.shown(phone).len(), 1);
        assert!(matches!(world.answer(phone, Query::Wedged), Some(Reply::Wedged(all)) if all.len() == 2));
        world.server.max_notes = 9;
        assert!(world.decided(phone, decision, &made.event_id));
        world.rest();
        let is_retry = decision == Decision::Retry;
        assert_eq!(world.server.notes.len(), 1 + usize::from(is_retry));
        let expected = if is_retry { Outcome::Confirmed } else { Outcome::Discarded };
        assert_eq!(world.tab(phone).diary.settled[&edit.event_id], expected);
        world.assert_converged();
    }
}

/// An answer of 201 that tells of a row which nobody can read: it is made, and not made again.
#[test]
pub fn a_create_that_was_answered_is_not_repeated() {
    let mut b = Bench::live(&[]);
    b.push(Verb::Create, "note/tmp", json!({ "title": "a" }));
    let mut made = 0;
    for _ in 0..120 {
        while b.answer(Method::Post, "/notes", HttpOutcome::Response { status: 201, body: r#"{"id":7}"#.into(), retry_after: None }) {
            made += 1;
        }
        b.answer(Method::Get, "/folders", ok(&json!([])));
        b.answer(Method::Get, "/notes", ok(&json!({ "notes": [] })));
        b.stay(1_000);
    }
    assert_eq!((made, &b.settled[..]), (1, &["e1 confirmed".to_owned()][..]));
}

/// A page is gone between the saving and the telling of the others: the next one tells them, and saves nothing.
#[test]
pub fn a_crash_before_the_others_are_told() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop, note) = World::with_note(kind);
        world.join(laptop, &note);
        world.run_for(1_000);
        world.rename(phone, &note, "new");
        let is_saved =
            |world: &World| world.server.log.executed.iter().any(|executed| executed.deed == Deed::Change && executed.machine == 0);
        assert!(world.run_until(5_000, is_saved));
        // The answer reaches the page and is stored; the socket is gone before anything is said.
        assert!(world.run_until(5_000, |world| world.airborne.is_empty()));
        world.drop_links(phone);
        world.run_for(30);
        world.reload(phone);
        let puts = world.server.log.executed.iter().filter(|executed| executed.given.contains_key("iv")).count();
        assert!(
            world.run_until(45_000, |world| world.tab(phone).status().pending == 0 && world.tab(phone).diary.is_ready),
            "{}",
            world.trace()
        );
        world.run_for(500);
        assert_eq!(world.row(laptop, &note).unwrap()["title"], sung("new"), "{}", world.trace());
        assert_eq!(world.server.log.executed.iter().filter(|executed| executed.given.contains_key("iv")).count(), puts);
        world.rest();
        world.assert_converged();
    }
}

/// What no page shows any more is asked for by itself, and only then gone: pages shift while they are read.
#[test]
pub fn rows_that_vanish_from_pages() {
    let mut b = Bench::new();
    let [first, second] = [b.row("n1", "a", "b", 1), b.row("n2", "c", "d", 2)];
    b.connect();
    b.list(&[first.clone(), second.clone()]);
    b.feed(sealwire::rows::io::Input::Visible(true));
    b.list(&[]);
    assert!(b.answer(Method::Get, "/notes/n1", ok(&first)));
    assert!(b.told("note/n1").is_some() && b.told("note/n2").is_some());
    assert!(b.answer(Method::Get, "/notes/n2", status(404)));
    assert_eq!((b.told("note/n1").map(|row| row["title"].clone()), b.told("note/n2")), (Some("a".into()), None::<Value>));
}

/// 120 notes: all pages at first, then only those that show something new.
#[test]
pub fn many_pages() {
    let mut world = World::new(1, Kind::ALL[0]);
    for number in 0..120 {
        world.plant(&format!("t{number}"), "c");
        world.now += 10;
    }
    let phone = world.add("phone", "u1");
    world.connect(phone);
    world.rest();
    assert_eq!(world.shown(phone).len(), 120);
    let before = world.machine(phone).requests;
    world.run_for(60_000);
    assert_eq!(world.machine(phone).requests - before, 2, "a page of folders, and one of notes");
    world.save_elsewhere("note/n1", "new", "new");
    world.rest();
    assert_eq!(world.row(phone, "note/n1").unwrap()["title"], "new");
    world.assert_converged();
}
