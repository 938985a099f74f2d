//! What was missed is read, page by page.

use crate::canary::content;
use crate::keys::{Cipher, Keys};
use crate::luck::Fault;
use crate::moves::key;
use crate::peer::header;
use crate::server::Kind;
use crate::tab::{Tab, TabId};
use crate::world::World;
use sealwire::engine::dialect::Cursor;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::event::Stamp;
use sealwire::engine::io::{Query, Reply};
use sealwire::engine::seal::Format;
use serde_json::Value;

/// A tablet of the account, which was not there before.
fn newcomer(world: &mut World) -> TabId {
    let tablet = world.add("tablet");
    world.connect(tablet);
    tablet
}

/// Pages are short, and the page crashes at every point of the catch-up: no event behind the cursor is missing.
#[test]
fn cursor_runs_ahead() {
    for kind in [Kind::Acks, Kind::Silent] {
        for effects in (0..150).step_by(5) {
            let (mut world, phone, _) = World::with_two(kind);
            world.server.page_cap = 4;
            (0..14).for_each(|number| drop(world.push(phone, &format!("bm_{number}"), "x")));
            world.run_until_quiet(500);
            let tablet = newcomer(&mut world);
            world.crash_after(tablet, effects);
            for number in 14..20 {
                world.push(phone, &format!("bm_{number}"), "live"); // Comes by itself, while older ones are being read.
                world.run_for(40);
            }
            world.run_for(2_000);
            world.reload(tablet);
            world.run_until_quiet(500);
            assert_eq!(world.shown(tablet).len(), 20, "{kind:?}, {effects} effects");
            world.assert_converged();
        }
    }
}

/// A frame that comes by itself never moves the cursor, for what came before it may be missing.
#[test]
fn live_events_do_not_move_the_cursor() {
    for kind in [Kind::Acks, Kind::Echoes] {
        let (mut world, phone, laptop) = World::with_two(kind);
        let before = world.machine(phone).disk.cursor();
        world.push(laptop, "bm_1", "live");
        world.run_until_quiet(500);
        assert!(world.shown_bookmark(phone, "bm_1").is_some());
        assert_eq!(world.machine(phone).disk.cursor(), before, "{kind:?}");
    }
}

/// A page's cursor is kept before one that was reached by an event whose key is not at hand; with the key it is read again.
#[test]
fn unknown_key_does_not_move_the_stored_cursor() {
    for kind in [Kind::Acks, Kind::Silent] {
        let (mut world, phone, _) = World::with_two(kind);
        world.push(phone, "bm_1", "for who has the key");
        world.run_until_quiet(500);
        let stranger = world.add_with("stranger", |device| device.keys = Keys::new(8));
        world.connect(stranger);
        world.run_until_quiet(500);
        let start = if kind == Kind::Acks { Cursor::Seq(0) } else { Cursor::Since(0) };
        assert_eq!(world.machine(stranger).disk.cursor(), Some(start));
        assert!(world.tab(stranger).diary.errors_of(ErrorCode::UnknownKey) > 0);
        assert!(world.shown(stranger).is_empty());
        world.machine_mut(stranger).keys = Keys::new(7);
        world.reload(stranger);
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(stranger, "bm_1"), Some(content("for who has the key")));
        assert_ne!(world.machine(stranger).disk.cursor(), Some(start));
        world.assert_converged();
    }
}

/// An event was on its way when the cursor was read, and is paged by a time before it.
#[test]
fn what_lies_before_the_cursor() {
    let (mut world, phone, laptop) = World::with_two(Kind::Silent);
    world.cut(phone);
    world.server.lag = 200_000;
    world.push(laptop, "bm_1", "late");
    world.run_for(10_000);
    world.heal(phone);
    world.run_until_quiet(500);
    assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("late")));
    world.assert_converged();
}

/// More events within the five minutes of overlap than a page holds: all are read, and the stored cursor does not go back meanwhile.
#[test]
fn a_crowded_overlap_is_read_to_its_end() {
    let (mut world, phone, laptop) = World::with_two(Kind::Silent);
    (0..1_300).for_each(|number| drop(world.push(phone, &format!("bm_{number}"), "x")));
    world.run_until_quiet(500);
    assert!(world.machine(phone).disk.outbox().is_empty(), "the phone's pulls show all that it sent");
    world.restart_server();
    world.run_for(20_000); // Now the laptop's cursor is behind them all, and the next catch-up overlaps.
    world.restart_server();
    for _ in 0..200 {
        let before = since(&world, laptop);
        world.run_for(50);
        assert!(since(&world, laptop) >= before);
    }
    let tablet = newcomer(&mut world);
    world.run_until_quiet(500);
    assert_eq!([tablet, laptop].map(|id| world.shown(id).len()), [1_300, 1_300]);
    world.assert_converged();
}

fn since(world: &World, id: TabId) -> u64 {
    match world.machine(id).disk.cursor() {
        Some(Cursor::Since(millis)) => millis,
        other => panic!("not a cursor by time: {other:?}"),
    }
}

/// A laptop wakes to more live events than it takes at once; what it left out it asks for.
#[test]
fn a_flood_of_live_events() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.sleep(laptop, 3_600_000);
    (0..3_000).for_each(|number| drop(world.push(phone, &format!("bm_{number}"), "x")));
    world.run_for(3_600_000);
    world.run_until_quiet(500);
    assert_eq!(world.shown(laptop).len(), 3_000);
    world.assert_converged();
}

/// A server by sequence becomes one by time, and back: the cursor of the one is none of the other.
#[test]
fn a_server_that_pages_differently_after_an_update() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    for (number, kind) in [Kind::Silent, Kind::SilentSeq, Kind::Echoes, Kind::Acks].into_iter().enumerate() {
        world.cut(laptop);
        world.push(phone, &format!("bm_{number}"), "before");
        world.run_until_quiet(500);
        world.server.kind = kind;
        world.restart_server();
        world.heal(laptop);
        world.push(phone, &format!("bm_{number}"), "after");
        world.run_until_quiet(500);
        assert_eq!(world.shown(laptop).len(), number + 1, "{kind:?}");
    }
    world.assert_converged();
}

/// The account has two thousand entities, and the page crashes in between: a reload shows the same.
#[test]
fn a_reload_shows_the_same() {
    let mut world = World::new(1, Kind::Acks, Format::SealedV1);
    let phone = world.add("phone");
    world.connect(phone);
    (0..2_000).for_each(|number| drop(world.push(phone, &format!("bm_{number:04}"), "x")));
    world.run_for(1_500);
    world.reload(phone);
    world.run_until_quiet(500);
    world.luck.set_odds(Fault::FrameTwice, 50);
    (0..500).for_each(|number| drop(world.delete(phone, &format!("bm_{number:04}"))));
    world.run_until_quiet(500);
    assert!(world.shown(phone).len() <= 1_500);
    world.assert_converged();
}

/// One edits on Monday, offline, and connects on Thursday. The other's cursor is Thursday by then, and a server that pages by the time at
/// which an event was made never shows it behind that: a full pull does, also one that is interrupted on each page.
#[test]
fn offline_author() {
    for is_interrupted in [true, false] {
        let (mut world, phone, laptop) = World::with_two(Kind::ByEventTime);
        world.server.page_cap = 2;
        world.cut(phone);
        world.run_for(1_000);
        (0..12).for_each(|number| drop(world.push(phone, &format!("bm_{number}"), "of Monday")));
        world.run_for(3 * 24 * 3_600_000);
        world.disconnect(laptop);
        world.heal(phone);
        world.run_until_quiet(500);
        assert_eq!(world.server.rows.len(), 12);
        world.connect(laptop);
        world.run_until_quiet(500);
        if is_interrupted {
            world.luck.set_odds(Fault::RequestFails, 50);
        }
        world.disconnect(laptop);
        world.run_for(7 * 3_600_000);
        world.connect(laptop);
        world.run_for(600_000);
        world.luck.clear_odds();
        world.run_until_quiet(500);
        assert_eq!(world.shown(laptop).len(), 12, "interrupted: {is_interrupted}");
        world.assert_converged();
    }
}

/// The page goes between a commit and the `change` that tells of it. An app that keeps a copy of its own asks what has changed since, and
/// misses nothing.
#[test]
fn crash_before_emit() {
    for effects in 0..40 {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        world.push(laptop, "bm_1", "before");
        world.push(laptop, "bm_2", "before");
        world.run_until_quiet(500);
        let (revision, _) = since_revision(&mut world, phone, 0);
        world.crash_after(phone, effects);
        world.push(laptop, "bm_1", "after");
        world.delete(laptop, "bm_2");
        world.run_for(2_000);
        world.reload(phone);
        world.run_until_quiet(500);
        let (_, changed) = since_revision(&mut world, phone, revision);
        assert_eq!(changed, (vec!["bm_1".to_owned()], vec!["bm_2".to_owned()], false), "{effects} effects");
        world.assert_converged();
    }
}

/// What a database numbers is nothing to another one. After its loss the copy of an app begins anew, however many changes there were since.
#[test]
fn a_revision_of_a_lost_database() {
    for later in [0, 50] {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        for number in 0..5 {
            world.push(laptop, &format!("bm_{number}"), "x");
        }
        world.run_until_quiet(500);
        let (revision, _) = since_revision(&mut world, phone, 0);
        world.lose_database(phone);
        world.delete(laptop, "bm_0");
        (0..later).for_each(|number| drop(world.push(laptop, &format!("bm_later_{number}"), "x")));
        world.run_until_quiet(500);
        let (_, (changed, _, reset)) = since_revision(&mut world, phone, revision);
        assert_eq!((changed.len(), reset), (4 + later, true));
        world.assert_converged();
    }
}

/// The next revision to ask with; and what has changed, what is gone, and whether that is all there is.
fn since_revision(world: &mut World, id: TabId, revision: u64) -> (u64, (Vec<String>, Vec<String>, bool)) {
    match world.answer(id, Query::Since(revision)) {
        Some(Reply::Changes { revision, entities, deleted, reset }) => {
            let changed = entities.into_iter().map(|view| view.key.entity_id().to_string());
            let gone = deleted.into_iter().map(|(key, _)| key.entity_id().to_string());
            (revision, (changed.collect(), gone.collect(), reset))
        }
        other => panic!("no changes: {other:?}"),
    }
}

/// Of ten thousand events about a thousand entities, on a server that keeps them all, only those are opened that can still win, and each
/// step does a bounded part of it. Where a page has all versions of its entities, that is one each.
#[test]
fn a_long_log_opens_only_what_can_win() {
    for is_in_groups in [true, false] {
        let mut world = World::new(1, Kind::SilentSeq, Format::SealedV1);
        world.cipher = Cipher::Cheap;
        world.add("author");
        let mut log: Vec<_> = (0..10_000).map(|number| version(&mut world, number / 10, number % 10)).collect();
        if !is_in_groups {
            (1..log.len()).rev().for_each(|last| log.swap(last, world.luck.within(0..=last as u64) as usize));
        }
        world.server.keep_log(log);
        let phone = newcomer(&mut world);
        world.run_until_quiet(500);
        let Tab { opened, most_effects, .. } = world.tab(phone);
        let can_win = if is_in_groups { 1_000..=1_000 } else { 2_000..=4_000 };
        assert!(can_win.contains(opened), "{opened} bodies were opened");
        assert!(*most_effects <= 1_500, "{most_effects} effects of one step");
        let shown = world.shown(phone);
        assert_eq!(shown.len(), 1_000);
        assert!(shown.into_values().all(|(_, shown)| shown == content("9")));
    }
}

fn version(world: &mut World, entity: u64, version: u64) -> Value {
    let event_id = format!("sync_{entity}_{version}");
    let mut header = header(key(&format!("bm_{entity}")), &event_id);
    header.stamp = Stamp::new(header.stamp.timestamp() + version, "elsewhere", &event_id);
    world.event_of(&header, &version.to_string())
}
