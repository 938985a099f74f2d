//! Sessions, and lines that come and go.

use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::notice::Outcome;
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
