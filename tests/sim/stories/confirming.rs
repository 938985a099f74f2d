//! A change leaves the outbox when the server is known to have it.

use crate::canary::content;
use crate::luck::Fault;
use crate::server::Kind;
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::notice::{Confirmation, Outcome};
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

/// No ack, no echo, no pull, no push: the change is sent and kept, the app is told once, and status says so.
#[test]
fn no_confirmation_at_all() {
    let (mut world, phone, laptop) = World::with_two(Kind::Mute);
    world.push(phone, "bm_1", "sent and kept");
    world.run_until_quiet(500);
    assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("sent and kept")));
    for _ in 0..3 {
        assert!(world.tab(phone).has_status(|status| status.confirmation == Some(Confirmation::None) && status.pending == 1));
        world.restart_server();
        world.run_until_quiet(500);
    }
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::NoConfirmation), 1);
    assert_eq!(world.machine(phone).disk.outbox().len(), 1);
    assert!(world.tab(phone).diary.settled.is_empty());
    assert_eq!(world.tab(laptop).diary.changes.len(), 1, "however often it is sent, it is one change");
}

/// A pong confirms nothing, unless the app chose it; then it confirms what was sent before its ping, where nothing better does.
#[test]
fn pong_is_not_a_receipt() {
    for is_chosen in [true, false] {
        for kind in [Kind::Mute, Kind::Silent, Kind::Acks] {
            let (mut world, _, laptop) = World::with_two(kind);
            let tablet = world.add_with("tablet", |machine| machine.config.confirm_by_pong = is_chosen);
            world.connect(tablet);
            world.run_until_quiet(500);
            let pushed = world.push(tablet, "bm_1", "x");
            world.run_until_quiet(500);
            let expected = match (kind, is_chosen) {
                (Kind::Mute, true) => (Some(Confirmation::Pong), Some(&Outcome::Confirmed)),
                (Kind::Mute, false) => (Some(Confirmation::None), None),
                (Kind::Acks, _) => (Some(Confirmation::Ack), Some(&Outcome::Confirmed)),
                _ => (Some(Confirmation::Pull), Some(&Outcome::Confirmed)),
            };
            let confirmation = world.tab(tablet).engine.as_ref().and_then(|engine| engine.status().confirmation);
            assert_eq!((confirmation, world.tab(tablet).diary.settled.get(&pushed)), expected, "{kind:?}, chosen: {is_chosen}");
            assert!(world.shown_bookmark(laptop, "bm_1").is_some());
        }
    }
}

/// The server fails at one change of many, and does not say at which. The window narrows until that stands alone; it is refused when
/// something else has succeeded after it, and all others arrive, each of them sent a few times at most.
#[test]
fn poison_entry() {
    for kind in Kind::ALL {
        let (mut world, phone, _) = World::with_two(kind);
        world.cut(phone);
        let pushed: Vec<String> = (0..40).map(|number| world.push(phone, &format!("bm_{number}"), "x")).collect();
        let poison = &pushed[17];
        world.server.poison = Some((poison.clone(), false));
        world.run_for(1_000);
        world.heal(phone);
        world.run_until_quiet(1_000);
        assert!(world.tab(phone).has_status(|status| (status.wedged, status.pending) == (1, 0)), "{kind:?}");
        assert_eq!(world.tab(phone).diary.rejected.iter().map(|rejected| &rejected.event_id).collect::<Vec<_>>(), [poison]);
        let confirmed = pushed.iter().filter(|id| world.tab(phone).diary.settled.get(*id) == Some(&Outcome::Confirmed)).count();
        assert_eq!(confirmed, 39, "{kind:?}");
        let sent = world.server.received.iter().filter(|id| *id == poison).count();
        assert!(sent <= 12, "{kind:?}: sent {sent} times");
    }
}

/// The same where the server closes the connection over it. Nothing can succeed after it on that connection, so it may be an outage: the
/// change is kept, goes last and alone, and the others arrive.
#[test]
fn poison_entry_that_closes_the_connection() {
    for kind in Kind::ALL {
        let (mut world, phone, _) = World::with_two(kind);
        world.cut(phone);
        let pushed: Vec<String> = (0..40).map(|number| world.push(phone, &format!("bm_{number}"), "x")).collect();
        let poison = &pushed[17];
        world.server.poison = Some((poison.clone(), true));
        world.run_for(1_000);
        world.heal(phone);
        world.run_for(600_000);
        assert!(world.tab(phone).has_status(|status| (status.wedged, status.pending) == (0, 1)), "{kind:?}");
        let late = world.push(phone, "bm_late", "made later");
        world.run_for(120_000);
        assert_eq!(world.tab(phone).diary.settled.get(&late), Some(&Outcome::Confirmed), "{kind:?}");
        assert!(world.server.received.iter().filter(|id| *id == poison).count() <= 100, "{kind:?}");
        world.server.poison = None;
        world.run_until_quiet(1_000);
        world.assert_converged();
    }
}

/// A server whose error says which change it is about says it twice, and the second time that change is not on the wire any more: it counts
/// against no other.
#[test]
fn a_complaint_that_comes_twice() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.luck.set_odds(Fault::ServerDrops, 100);
    let refused = world.push(phone, "bm_1", "refused");
    assert!(world.run_until(5_000, |world| world.tab(phone).has_status(|status| status.in_flight == 1)));
    let complaint = json!({ "type": "error", "error": "no", "id": refused, "code": "invalid" });
    world.server_says(phone, &complaint);
    world.run_for(1_000);
    let innocent = world.push(phone, "bm_2", "innocent");
    assert!(world.run_until(5_000, |world| world.tab(phone).has_status(|status| status.in_flight == 1)));
    (0..3).for_each(|_| world.server_says(phone, &complaint));
    world.run_for(1_000);
    assert!(world.tab(phone).has_status(|status| (status.wedged, status.in_flight) == (1, 1)));
    world.luck.clear_odds();
    world.restart_server();
    world.run_until_quiet(500);
    assert_eq!(world.tab(phone).diary.settled.get(&innocent), Some(&Outcome::Confirmed));
}

/// The answer to a push over HTTP counts, although the connection that it was asked on is gone.
#[test]
fn a_push_that_is_answered_after_the_connection_was_lost() {
    let (mut world, phone, _) = World::with_two(Kind::Streaming);
    world.luck.set_odds(Fault::ServerDrops, 100); // Nothing arrives but by HTTP.
    let pushed = world.push(phone, "bm_1", "by HTTP");
    assert!(world.run_until(60_000, |world| world.server.received.contains(&pushed)));
    world.drop_links(phone);
    world.run_for(300);
    assert_eq!(world.tab(phone).diary.settled.get(&pushed), Some(&Outcome::Confirmed));
    world.luck.clear_odds();
    world.run_until_quiet(500);
    world.assert_converged();
}
