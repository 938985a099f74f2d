//! Servers without live push, and with streams only.

use crate::luck::Fault;
use crate::server::{Kind, LivePush};
use crate::tab::TabId;
use crate::world::World;
use sealwire::rows::notice::ConnectionState;

/// How often the set may be read a minute by who polls, give or take one.
const POLLS_A_MINUTE: u32 = 4;

/// A phone and a laptop at a server without live push.
fn without_live_push(kind: Kind) -> (World, TabId, TabId) {
    let mut world = World::new(1, kind);
    world.server.live_push = LivePush::Missing;
    let (phone, laptop) = (world.add("phone", "u1"), world.add("laptop", "u2"));
    world.connect(phone);
    world.connect(laptop);
    world.run_for(60_000);
    (world, phone, laptop)
}

fn requests_in(world: &mut World, id: TabId, millis: u64) -> u32 {
    let before = world.machine(id).requests;
    world.run_for(millis);
    world.machine(id).requests - before
}

fn has_link(world: &World, id: TabId, is_stream: bool) -> bool {
    let links = world.network.open_links_of(world.tab(id).machine);
    links.into_iter().any(|link| world.network.link(link).server_listens && world.network.link(link).is_stream == is_stream)
}

/// 503 means that live push is missing, and nothing more.
#[test]
fn push_unavailable() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = without_live_push(kind);
        assert_eq!([phone, laptop].map(|id| world.tab(id).status().state), [ConnectionState::Polling; 2], "{kind:?}");
        world.create(phone, "milk", None);
        world.run_for(20_000);
        assert_eq!(world.titles(laptop), ["milk"], "{kind:?}");
        let dials = world.machine(phone).dials;
        let polls = requests_in(&mut world, phone, 240_000);
        assert!((4 * POLLS_A_MINUTE - 2..=4 * POLLS_A_MINUTE + 3).contains(&polls), "{polls} polls in four minutes");
        assert!(world.machine(phone).dials <= dials + 1, "dialling has ended");
        world.rest();
        world.assert_converged();
    }
}

/// Who is hidden does not poll, and does so at once when shown.
#[test]
fn hidden_ones_do_not_poll() {
    let (mut world, phone, laptop) = without_live_push(Kind::G2);
    world.hide(phone);
    world.run_for(1_000);
    let polls = requests_in(&mut world, phone, 240_000);
    assert!(polls <= 2, "{polls} requests of a hidden page");
    world.create(laptop, "milk", None);
    world.run_for(60_000);
    let made = world.create(phone, "bread", None);
    world.run_for(5_000);
    assert!(!world.waits(phone, &made.event_id), "what a hidden page pushes is sent");
    world.show(phone);
    world.run_for(3_000);
    assert_eq!(world.titles(phone), ["bread", "milk"]);
    world.create(laptop, "rye", None);
    world.run_for(20_000);
    assert_eq!(world.titles(phone), ["bread", "milk", "rye"], "it polls as before");
    world.rest();
    world.assert_converged();
}

/// It asks every five minutes whether live push is there by now.
#[test]
fn live_push_comes_back() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = without_live_push(kind);
        world.set_live_push(LivePush::Works);
        assert!(world.run_until(330_000, |world| [phone, laptop].iter().all(|id| world.tab(*id).is(ConnectionState::Live))), "{kind:?}");
        world.create(phone, "milk", None);
        world.run_for(2_000);
        assert_eq!(world.titles(laptop), ["milk"]);
        world.rest();
        world.assert_converged();
    }
}

/// Something between lets no socket through: after three dials that the server knows no reason for, a stream; and later a socket again.
#[test]
fn streams_instead_of_sockets() {
    for kind in [Kind::G2, Kind::G3] {
        let mut world = World::new(1, kind);
        world.server.live_push = LivePush::OnlyStreams;
        let (phone, laptop) = (world.add("phone", "u1"), world.add("laptop", "u2"));
        world.connect(phone);
        world.connect(laptop);
        assert!(world.run_until(60_000, |world| has_link(world, phone, true) && has_link(world, laptop, true)), "{kind:?}");
        assert_eq!(world.machine(phone).dials, 4, "three sockets, and then a stream");
        world.run_for(3_000);
        assert!(world.tab(phone).is(ConnectionState::Live));
        world.create(phone, "milk", None);
        world.run_for(2_000);
        assert_eq!(world.titles(laptop), ["milk"]);
        world.rest();
        world.set_live_push(LivePush::Works);
        assert!(world.run_until(3_600_000, |world| has_link(world, phone, false)), "{kind:?}: a socket is tried again");
        world.rest();
        world.assert_converged();
    }
}

/// Dials fail now and then, and never three times in a row; or often, while the server cannot be asked: that is no reason for a stream.
#[test]
fn no_reason_for_a_stream() {
    let (mut world, phone, _) = World::with_two(Kind::G2);
    for round in 0..4 {
        if round == 3 {
            world.cut(phone);
            world.run_for(600_000);
        }
        let dials = world.machine(phone).dials;
        world.luck.set_odds(Fault::DialRefused, 100);
        world.heal(phone);
        world.drop_links(phone);
        assert!(world.run_until(120_000, |world| world.machine(phone).dials > dials));
        world.run_for(10);
        world.luck.clear_odds();
        assert!(world.run_until(120_000, |world| world.tab(phone).is(ConnectionState::Live)));
    }
    assert_eq!(world.machine(phone).streams, 0);
    world.rest();
    world.assert_converged();
}

/// The first generation has no streams: sockets are dialled again and again, rarely, and writes go their way.
#[test]
fn neither_sockets_nor_streams() {
    let mut world = World::new(1, Kind::G1);
    world.server.live_push = LivePush::OnlyStreams;
    let phone = world.add("phone", "u1");
    world.connect(phone);
    let made = world.create(phone, "milk", None);
    world.run_for(120_000);
    assert!(!world.waits(phone, &made.event_id), "writes depend on no socket");
    world.run_for(600_000);
    assert!(!world.dials_too_often(world.tab(phone).machine));
    let machine = world.machine(phone);
    assert!(machine.streams > 0 && machine.dials >= 4 * machine.streams - 1, "three sockets for each stream");
    world.set_live_push(LivePush::Works);
    world.rest();
    assert!(world.tab(phone).is(ConnectionState::Live));
    world.assert_converged();
}
