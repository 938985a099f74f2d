//! A change leaves the outbox when the server is known to have it.

use crate::canary::content;
use crate::luck::Fault;
use crate::server::Kind;
use crate::world::World;
use sealwire::engine::notice::Outcome;
use serde_json::json;

/// The server acknowledges; the page goes at any point between the frame and the end.
#[test]
fn ack_then_crash() {
    for effects in 0..12 {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        world.push(phone, "bm_1", "kept");
        assert!(world.run_until(5_000, |world| world.server.received.len() == 1));
        world.crash_after(phone, effects);
        world.run_for(2_000);
        world.reload(phone);
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("kept")));
        world.assert_converged();
    }
}

/// Neither acks nor echoes: pulls tell. The first of two edits is in no pull, because the second took its row.
#[test]
fn silent_server() {
    for kind in [Kind::Silent, Kind::SilentSeq] {
        let (mut world, phone, _) = World::with_two(kind);
        let first = world.push(phone, "bm_1", "first");
        let second = world.push(phone, "bm_1", "second");
        world.run_until_quiet(500);
        let settled = &world.tab(phone).diary.settled;
        assert_eq!(settled[&second], Outcome::Confirmed, "{kind:?}");
        assert_eq!(settled[&first], Outcome::Superseded, "{kind:?}");
        world.assert_converged();
    }
}

/// The server dropped the change as an older one, long after the newer one was pulled.
#[test]
fn silent_server_that_has_a_newer_one() {
    for kind in [Kind::Silent, Kind::SilentSeq] {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.cut(phone);
        let older = world.push(phone, "bm_1", "older");
        world.run_for(1_000);
        world.push(laptop, "bm_1", "newer");
        world.run_for(3_600_000);
        world.heal(phone);
        world.run_until_quiet(500);
        assert_eq!(world.tab(phone).diary.settled[&older], Outcome::Superseded, "{kind:?}");
        world.assert_converged();
    }
}

/// The connection dies with a full window on the wire; what the server took already is not doubled.
#[test]
fn restart_of_server_mid_window() {
    for kind in Kind::ALL {
        let (mut world, phone, _) = World::with_two(kind);
        let pushed: Vec<String> = (0..300).map(|number| world.push(phone, &format!("bm_{number}"), "x")).collect();
        assert!(world.run_until(60_000, |world| world.server.received.len() > 20));
        world.restart_server();
        world.run_until_quiet(1_000);
        assert_eq!(world.server.received, pushed, "{kind:?}");
        assert_eq!(world.tab(phone).diary.settled.len(), pushed.len(), "{kind:?}");
        world.assert_converged();
    }
}

/// However many changes wait, 64 are on the wire.
#[test]
fn the_window_is_bounded() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.luck.set_odds(Fault::ServerDrops, 100);
    (0..200).for_each(|number| drop(world.push(phone, &format!("bm_{number}"), "x")));
    world.run_for(10_000);
    assert!(world.tab(phone).has_status(|status| status.in_flight == 64 && status.pending == 200));
    world.luck.clear_odds();
    world.restart_server();
    world.run_until_quiet(500);
    world.assert_converged();
}

/// While the socket's buffer is full, nothing more goes into it.
#[test]
fn a_full_buffer_holds_changes_back() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.luck.set_odds(Fault::BufferFull, 100);
    for number in 0..5 {
        world.push(phone, &format!("bm_{number}"), "x");
        world.run_for(1_000);
    }
    assert_eq!((world.server.received.len(), world.machine(phone).disk.outbox().len()), (1, 4));
    world.luck.clear_odds();
    world.run_until_quiet(500);
    assert_eq!(world.server.received.len(), 5);
    world.assert_converged();
}

/// An event that was being opened when the connection was lost is merged all the same.
#[test]
fn answers_outlive_sockets() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.push(laptop, "bm_1", &"x".repeat(500_000)); // Large, so that opening takes long.
    assert!(world.run_until(60_000, |world| world.server.received.len() == 1));
    world.run_for(62); // Long enough for the frame to come, too short for its body to be opened.
    world.cut(phone);
    assert!(world.tab(phone).diary.changes.is_empty());
    world.run_for(20_000);
    assert!(world.shown_bookmark(phone, "bm_1").is_some());
    world.heal(phone);
    world.run_until_quiet(500);
    world.assert_converged();
}

/// An `ack` of what is not on the wire means nothing, nor does one that comes twice.
#[test]
fn ack_of_what_was_not_sent() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let known = world.push(phone, "bm_1", "confirmed");
    world.run_until_quiet(500);
    world.luck.set_odds(Fault::RefusesForNow, 100);
    let resting = world.push(phone, "bm_1", "not yet");
    assert!(world.run_until(5_000, |world| world.tab(phone).diary.errors.len() == 1));
    world.server_says(phone, &json!({ "type": "ack", "ids": [resting, known, "nobody's"] }));
    world.run_for(200);
    assert_eq!(world.machine(phone).disk.outbox().len(), 1);
    assert!(!world.tab(phone).diary.settled.contains_key(&resting));
    world.luck.clear_odds();
    world.run_until_quiet(500);
    world.assert_converged();
}

/// Where the answer to a pull is lost or refused, another one follows.
#[test]
fn pulls_that_fail() {
    for fault in [Fault::RequestFails, Fault::RequestLost] {
        for kind in Kind::ALL {
            let (mut world, phone, _) = World::with_two(kind);
            world.luck.set_odds(fault, 100);
            let pushed = world.push(phone, "bm_1", "x");
            world.run_for(100_000);
            world.luck.clear_odds();
            world.run_until_quiet(500);
            assert_eq!(world.tab(phone).diary.settled[&pushed], Outcome::Confirmed, "{kind:?}");
            world.assert_converged();
        }
    }
}
