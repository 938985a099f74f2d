//! From `pushChange` to the disk and to the wire.

use crate::canary::content;
use crate::luck::Fault;
use crate::moves::key;
use crate::server::Kind;
use crate::world::World;
use sealwire::engine::dialect::MAX_FRAME;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::event::Operation;
use sealwire::engine::ids::EntityKey;
use sealwire::engine::notice::Outcome;
use sealwire::engine::seal::{Format, Prefix};
use sealwire::engine::storage::StorageFailure;

/// Two tabs change the same entity at once: between stamping and writing the other one writes, and what it has overtaken is stamped and
/// sealed anew. Each tab's changes keep their order, and none is below one that was on the disk before it.
#[test]
fn stamp_then_await() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let other = world.open_tab(phone);
    world.run_for(1_000);
    world.luck.set_odds(Fault::DiskSlow, 100); // So that more than one transaction's worth of changes waits.
    let mut pushed: [Vec<String>; 2] = Default::default();
    for number in 0..600 {
        pushed[0].push(world.push(phone, "bm_1", &number.to_string()));
        pushed[1].push(world.push(other, "bm_1", &number.to_string()));
        world.run_for(2);
    }
    world.luck.clear_odds();
    world.run_until_quiet(500);
    let changes = world.oracle.changes();
    for of_tab in pushed {
        assert!(of_tab.iter().map(|event_id| changes[event_id.as_str()].1).is_sorted());
    }
    assert_eq!(world.shown_bookmark(phone, "bm_1"), world.shown_bookmark(other, "bm_1"));
    world.assert_converged();
}

/// A device keeps its id, its salt and its place in time over a reload, although each page brings an id and a salt along, and the user
/// sets the clock back.
#[test]
fn one_identity_over_reloads() {
    let mut world = World::new(1, Kind::Acks, Format::SealedV1);
    let phone = world.add("phone");
    world.push(phone, "bm_1", "before");
    world.run_for(1_000);
    world.set_clock(phone, -3_600_000);
    world.reload(phone);
    world.push(phone, "bm_2", "after");
    world.run_for(1_000);
    let [before, after] = &world.machine(phone).disk.outbox()[..] else { panic!("not two entries") };
    assert!(before.stamp.timestamp() < after.stamp.timestamp());
    assert_eq!(before.stamp.device_id(), after.stamp.device_id());
    let [salt_before, salt_after] =
        [before, after].map(|entry| Prefix::split(entry.body.as_deref().expect("a body")).expect("a prefix").0.salt);
    assert_eq!(salt_before, salt_after);
}

/// However many effects a page lives after a push, the change is either nowhere, or it arrives.
#[test]
fn a_crash_between_any_two_effects_of_a_push() {
    for effects in 0..40 {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        world.crash_after(phone, effects);
        world.push(phone, "bm_1", "first");
        world.push(phone, "bm_2", "second");
        world.run_for(5_000);
        world.reload(phone);
        world.run_until_quiet(500);
        world.assert_converged();
    }
}

#[test]
fn disk_full_during_push() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.break_disk(phone, StorageFailure::Full);
    let lost = world.push(phone, "bm_1", "no room");
    world.run_for(1_000);
    world.mend_disk(phone);
    let kept = world.push(phone, "bm_1", "room again");
    world.run_until_quiet(500);
    let result = |event_id: &str| world.tab(phone).diary.stored[&world.pushes[event_id].push].clone();
    assert_eq!(result(&lost), Err(ErrorCode::StorageFull));
    assert_eq!(result(&kept), Ok(kept.clone()));
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::StorageFull), 1);
    world.assert_converged();
}

/// What came from the server and could not be written is asked for again.
#[test]
fn a_disk_that_fails_for_a_while_costs_no_event() {
    for failure in [StorageFailure::Full, StorageFailure::Broken] {
        for kind in Kind::ALL {
            let (mut world, phone, laptop) = World::with_two(kind);
            world.break_disk(phone, failure);
            world.push(laptop, "bm_1", "from the laptop");
            world.run_for(5_000);
            assert!(world.tab(phone).diary.changes.is_empty());
            world.mend_disk(phone);
            world.run_until_quiet(500);
            assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("from the laptop")));
            world.assert_converged();
        }
    }
}

/// While there is no space, what the server confirms waits to be stored on the same connection, and is told once.
#[test]
fn a_full_disk_puts_off_what_the_server_confirms() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        let first = world.push(phone, "bm_1", "sent");
        assert!(world.run_until(10_000, |world| world.server.received.contains(&first)));
        world.break_disk(phone, StorageFailure::Full);
        world.push(laptop, "bm_2", "from the laptop");
        world.run_for(20_000);
        assert_eq!(world.tab(phone).diary.settled.get(&first), None, "{kind:?}");
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::StorageFull), 1, "{kind:?}");
        let sent = world.server.received.len();
        world.mend_disk(phone);
        world.run_until_quiet(500);
        assert_eq!(world.tab(phone).diary.settled[&first], Outcome::Confirmed, "{kind:?}");
        assert_eq!(world.server.received.len(), sent, "nothing was sent again: {kind:?}");
        world.assert_converged();
    }
}

/// A small change is sealed before a large one that was made earlier, and does not overtake it.
#[test]
fn small_overtakes_large() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let large = world.push(phone, "bm_1", &"x".repeat(600_000));
    let other = world.push(phone, "bm_2", "small");
    let small = world.push(phone, "bm_1", "small");
    world.run_until_quiet(500);
    assert_eq!(world.server.received, [other, small]); // The large one was never sent: it was not the newest any more.
    assert_eq!(world.tab(phone).diary.settled[&large], Outcome::Superseded);
    assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("small")));
    world.assert_converged();
}

#[test]
fn ten_thousand_pushes_in_one_burst_stay_in_order_and_commit_in_groups() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    let before = world.machine(phone).disk.commits;
    let pushed: Vec<String> = (0..10_000).map(|number| world.push(phone, &format!("bm_{number}"), "x")).collect();
    let is_stored = |world: &World| world.tab(phone).diary.stored.len() == pushed.len();
    assert!(world.run_until(600_000, is_stored));
    let commits = world.machine(phone).disk.commits - before;
    assert!(commits < 1_000, "{commits} transactions");
    world.run_until_quiet(1_000);
    assert_eq!(world.server.received, pushed);
    assert_eq!(world.shown(laptop).len(), pushed.len());
    world.assert_converged();
}

/// The largest change fills a frame to its last byte; one byte more is refused.
#[test]
fn a_change_may_fill_a_frame_to_its_limit() {
    for format in [Format::SealedV1, Format::BitmarksPlain] {
        let (mut world, phone, _) = World::with_two_in(Kind::Acks, format);
        world.push_change(phone, key("bm_1"), Operation::Create, Some("{}".into()));
        world.run_until_quiet(500);
        // Base64 grows by four bytes for each three of content.
        let room = (MAX_FRAME - world.server.longest_frame) / 4 * 3;
        for length in room - 3..room + 6 {
            world.push_change(phone, key("bm_1"), Operation::Update, Some(format!("\"{}\"", "x".repeat(length))));
        }
        world.run_until_quiet(500);
        let results: Vec<bool> = world.tab(phone).diary.stored.values().map(Result::is_ok).collect();
        assert!(results.is_sorted_by(|fits, next| fits >= next) && !results[9] && results[1], "{results:?}");
        assert!((MAX_FRAME - 3..=MAX_FRAME).contains(&world.server.longest_frame), "{}", world.server.longest_frame);
        world.assert_converged();
    }
}

/// More than is kept in memory waits: bodies are read from the disk when their turn comes, also from one that fails now and then.
#[test]
fn an_outbox_larger_than_memory() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.cut(phone);
    let pushed: Vec<String> = (0..16).map(|number| world.push(phone, &format!("bm_{number}"), &"x".repeat(500_000))).collect();
    world.run_for(10_000);
    world.luck.set_odds(Fault::DiskFails, 20);
    world.heal(phone);
    world.run_for(120_000);
    world.luck.clear_odds();
    world.run_until_quiet(1_000);
    let mut received = world.server.received.clone();
    received.sort_by_key(|event_id| pushed.iter().position(|pushed| pushed == event_id));
    assert_eq!(received, pushed);
    world.assert_converged();
}

#[test]
fn what_cannot_be_sent_is_refused_before_it_is_stored() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let entity = |entity_type: &str, entity_id: &str| EntityKey::new(entity_type, entity_id);
    let long = "x".repeat(257);
    let bad = [
        (entity("note", "n"), Operation::Create, Some("{}")),
        (entity("bookmark", ""), Operation::Create, Some("{}")),
        (entity("bookmark", &long), Operation::Create, Some("{}")),
        (key("bm_1"), Operation::Update, None),
        (key("bm_1"), Operation::Delete, Some("{}")),
    ];
    let pushed: Vec<String> =
        bad.map(|(key, operation, content)| world.push_change(phone, key, operation, content.map(str::to_owned))).to_vec();
    world.run_until_quiet(500);
    for event_id in pushed {
        assert_eq!(world.tab(phone).diary.stored[&world.pushes[&event_id].push], Err(ErrorCode::BadChange));
    }
    assert!(world.machine(phone).disk.outbox().is_empty() && world.server.received.is_empty());
}

/// However fast the pushes come, no more changes wait than the app allows.
#[test]
fn the_queue_is_bounded() {
    let mut world = World::new(1, Kind::Acks, Format::SealedV1);
    let phone = world.add_with("phone", |device| device.config.max_queue = 10);
    for number in 0..50 {
        world.push(phone, &format!("bm_{number}"), "x");
        world.run_for(3);
    }
    world.run_for(10_000);
    assert_eq!(world.machine(phone).disk.outbox().len(), 10);
    let refused = world.tab(phone).diary.stored.values().filter(|result| **result == Err(ErrorCode::QueueFull)).count();
    assert_eq!(refused, 40);
}
