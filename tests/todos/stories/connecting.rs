//! Sessions, and lines that come and go.

use crate::luck::Fault;
use crate::server::{Kind, LivePush};
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::notice::{AccountCheck, Outcome};
use sealwire::rows::io::Input;
use sealwire::rows::notice::ConnectionState;

fn outcome(world: &World, id: TabId, event_id: &str) -> Option<Outcome> {
    world.tab(id).diary.settled.get(event_id).copied()
}

/// The session ends: nothing more is asked for, nothing is given up, and all goes on once the user is signed in.
#[test]
fn signed_out() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.sign_out(phone);
        let made = world.create(phone, "milk", None);
        world.run_for(60_000);
        let status = world.tab(phone).status();
        assert_eq!((status.state, status.reason), (ConnectionState::Stopped, Some(ErrorCode::NeedsAuth)), "{kind:?}");
        assert!(world.waits(phone, &made.event_id) && world.tab(phone).diary.rejected.is_empty());
        let machine = world.machine(phone);
        let before = (machine.dials, machine.requests);
        world.run_for(600_000);
        assert_eq!((world.machine(phone).dials, world.machine(phone).requests), before, "a stop is a stop");
        world.sign_in(phone, "u1");
        world.rest();
        assert_eq!((outcome(&world, phone, &made.event_id), world.titles(laptop)), (Some(Outcome::Confirmed), vec!["milk".to_owned()]));
        world.assert_converged();
    }
}

/// The session ends while the socket stays: a write hears of it.
#[test]
fn signed_out_behind_an_open_socket() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.machine_mut(phone).session = None;
        let made = world.create(phone, "milk", None);
        world.run_for(60_000);
        assert_eq!(world.tab(phone).status().reason, Some(ErrorCode::NeedsAuth), "{kind:?}");
        assert!(world.waits(phone, &made.event_id) && world.tab(phone).diary.rejected.is_empty());
        world.sign_in(phone, "u1");
        world.rest();
        assert_eq!(world.titles(laptop), ["milk"]);
        world.assert_converged();
    }
}

/// A write, the list or a probe hears of it, where nothing else does: the page stops all the same.
#[test]
fn signed_out_as_the_list_tells() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    world.machine_mut(phone).session = None;
    world.create(laptop, "milk", None);
    world.run_for(5_000);
    let status = world.tab(phone).status();
    assert_eq!((status.state, status.reason), (ConnectionState::Stopped, Some(ErrorCode::NeedsAuth)));
    world.sign_in(phone, "u1");
    world.rest();
    world.assert_converged();
}

#[test]
fn signed_out_as_a_probe_tells() {
    for kind in Kind::ALL {
        let (mut world, phone, _) = World::with_two(kind);
        world.luck.set_odds(Fault::AccountUnknown, 100);
        world.hide(phone);
        world.sign_out(phone);
        world.run_for(120_000);
        let status = world.tab(phone).status();
        assert_eq!((status.state, status.reason), (ConnectionState::Stopped, Some(ErrorCode::NeedsAuth)), "{kind:?}");
        world.luck.clear_odds();
        world.show(phone);
        world.sign_in(phone, "u1");
        world.rest();
        world.assert_converged();
    }
}

/// The server does not say who is signed in: all goes on, and says that it is not verified.
#[test]
fn a_server_that_does_not_say_who() {
    let mut world = World::new(1, Kind::G1);
    world.luck.set_odds(Fault::AccountUnknown, 100);
    let phone = world.add("phone", "u1");
    world.connect(phone);
    world.create(phone, "milk", None);
    world.run_for(10_000);
    assert_eq!((world.tab(phone).status().account, world.server.log.creates_of("milk").len()), (AccountCheck::Unverified, 1));
    world.rest();
    world.assert_converged();
}

/// Another account is signed in: nothing goes out under its name.
#[test]
fn wrong_account() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    world.cut(phone);
    world.create(phone, "milk", None);
    world.machine_mut(phone).session = Some("u7".into());
    world.heal(phone);
    world.run_for(120_000);
    let status = world.tab(phone).status();
    assert_eq!((status.state, status.reason), (ConnectionState::Stopped, Some(ErrorCode::WrongUser)));
    assert!(world.server.log.executed.is_empty());
    world.sign_in(phone, "u1");
    world.rest();
    assert_eq!(world.titles(laptop), ["milk"]);
    world.assert_converged();
}

/// After a while it has to be asked again who is signed in, and the server has no answer: it is not asked in a loop.
#[test]
fn nobody_says_who_is_signed_in() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.luck.set_odds(Fault::FailsBefore, 100);
        let before = world.machine(phone).requests;
        let made = world.create(phone, "milk", None);
        world.run_for(120_000);
        let requests = world.machine(phone).requests - before;
        assert!(requests < 40, "{kind:?}: {requests} requests in two minutes");
        assert!(world.waits(phone, &made.event_id));
        world.luck.clear_odds();
        world.rest();
        assert_eq!(world.titles(laptop), ["milk"]);
        world.assert_converged();
    }
}

/// Who is no member of the team may do nothing there.
#[test]
fn no_member() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.server.members.remove("u1");
        world.drop_links(phone);
        world.run_for(60_000);
        assert_eq!(world.tab(phone).status().state, ConnectionState::Stopped, "{kind:?}");
        let made = world.create(phone, "milk", None);
        let dials = world.machine(phone).dials;
        world.run_for(600_000);
        assert_eq!(world.machine(phone).dials, dials);
        assert!(world.waits(phone, &made.event_id));
        world.server.members.insert("u1".into());
        world.reconnect(phone);
        world.rest();
        assert_eq!(world.titles(laptop), ["milk"], "{kind:?}");
        world.assert_converged();
    }
}

/// The personal team's name has a colon.
#[test]
fn personal_team() {
    let mut world = World::new(1, Kind::G3);
    world.server.team = "personal:u1".into();
    let phone = world.add("phone", "u1");
    world.connect(phone);
    world.create(phone, "milk", None);
    world.rest();
    assert!(world.tab(phone).is(ConnectionState::Live) && world.server.todos.len() == 1);
    world.assert_converged();
}

/// The server lost the socket and nobody said so: what happens elsewhere is found, and a new socket dialled.
#[test]
fn half_open() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.half_open(phone);
        world.create(laptop, "milk", None);
        world.run_for(200_000);
        assert_eq!(world.titles(phone), ["milk"], "{kind:?}");
        world.create(laptop, "bread", None);
        world.run_for(2_000);
        assert_eq!(world.titles(phone), ["bread", "milk"], "{kind:?}: the new socket tells");
        world.rest();
        world.assert_converged();
    }
}

/// Everything vanishes for a while, then all is as before.
#[test]
fn black_hole() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.black_hole(phone);
        let made = world.create(phone, "milk", None);
        world.create(laptop, "bread", None);
        world.run_for(300_000);
        assert!(world.waits(phone, &made.event_id));
        world.heal(phone);
        world.rest();
        assert_eq!([phone, laptop].map(|id| world.titles(id)), [["bread", "milk"], ["bread", "milk"]]);
        world.assert_converged();
    }
}

/// A dial vanishes, and nobody says so: another one follows.
#[test]
fn a_dial_that_nobody_answers() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    world.black_hole(phone);
    world.reconnect(phone);
    world.run_for(300_000);
    world.heal(phone);
    assert!(world.run_until(60_000, |world| world.tab(phone).is(ConnectionState::Live)));
    world.create(laptop, "milk", None);
    world.run_for(2_000);
    assert_eq!(world.titles(phone), ["milk"]);
    world.rest();
    world.assert_converged();
}

/// The line comes and goes within seconds: a connection that does not last is no reason to dial at once.
#[test]
fn a_line_that_flickers() {
    let (mut world, phone, _) = World::with_two(Kind::G2);
    let dials = world.machine(phone).dials;
    for _ in 0..900 {
        world.run_for(1_000);
        world.drop_links(phone);
    }
    let dials = world.machine(phone).dials - dials;
    assert!(dials < 150, "{dials} dials in a quarter of an hour");
    world.rest();
    world.assert_converged();
}

/// After a long outage and a connection that has lasted, the next loss is followed by a dial at once.
#[test]
fn the_backoff_starts_over() {
    for seed in 0..5 {
        let (mut world, phone, _) = World::with_two_by(seed, Kind::G1);
        world.cut(phone);
        world.run_for(3_600_000);
        world.heal(phone);
        world.rest();
        world.drop_links(phone);
        world.run_for(1_500);
        assert!(world.tab(phone).is(ConnectionState::Live), "seed {seed}");
        world.rest();
        world.assert_converged();
    }
}

/// The browser says that it is online again: nothing waits for the end of a pause.
#[test]
fn online_again() {
    for seed in 0..5 {
        let (mut world, phone, laptop) = World::with_two_by(seed, Kind::G1);
        world.cut(phone);
        world.tell(phone, Input::Network(false));
        world.create(phone, "milk", None);
        world.run_for(3_600_000);
        world.heal(phone);
        world.tell(phone, Input::Network(true));
        world.run_for(2_000);
        assert!(world.tab(phone).is(ConnectionState::Live), "seed {seed}");
        world.rest();
        assert_eq!(world.titles(laptop), ["milk"]);
        world.assert_converged();
    }
}

/// Live is who has read the set since the connection was made.
#[test]
fn open_and_not_live() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    world.set_live_push(LivePush::Missing);
    world.run_for(60_000);
    assert!(world.tab(phone).is(ConnectionState::Polling));
    world.server.lists = Some("<html>".into());
    world.set_live_push(LivePush::Works);
    assert!(world.run_until(400_000, |world| !world.tab(phone).is(ConnectionState::Polling)));
    world.run_for(10_000);
    assert!(world.tab(phone).is(ConnectionState::CatchingUp));
    world.server.lists = None;
    world.rest();
    assert!([phone, laptop].iter().all(|id| world.tab(*id).is(ConnectionState::Live)));
    world.assert_converged();
}

/// The line is away for hours: dials become rare.
#[test]
fn cut_off_for_long() {
    let (mut world, phone, laptop) = World::with_two(Kind::G1);
    world.cut(phone);
    world.create(laptop, "milk", None);
    world.run_for(4 * 3_600_000);
    assert!(world.machine(phone).dials < 1_500, "{} dials", world.machine(phone).dials);
    assert!(!world.dials_too_often(world.tab(phone).machine));
    world.heal(phone);
    world.rest();
    world.assert_converged();
}

/// Disconnected is disconnected: no socket, and nothing is told. What is pushed waits.
#[test]
fn disconnected() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    world.disconnect(phone);
    world.run_for(1_000);
    let made = world.create(phone, "milk", None);
    let dials = world.machine(phone).dials;
    world.run_for(300_000);
    assert_eq!((world.machine(phone).dials, world.waits(phone, &made.event_id)), (dials, true));
    world.connect(phone);
    world.rest();
    assert_eq!(world.titles(laptop), ["milk"]);
    world.assert_converged();
}
