//! A connection that may be dead, on a line without a heartbeat; and a server that asks to be left alone.

use crate::by_hand::Bench;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::io::{HttpOutcome, SocketEvent};
use sealwire::rows::io::{Input, Method, Verb};
use sealwire::rows::notice::ConnectionState;

fn lines(world: &World, id: TabId) -> u32 {
    world.machine(id).dials
}

/// Nothing can be asked over this socket. So when the browser is online, the page is seen after a while, or the device wakes, the set is read
/// and another connection made.
#[test]
fn another_connection_at_once() {
    for kind in Kind::ALL {
        for hint in [0, 1, 2, 3] {
            let (mut world, phone, laptop) = World::with_two(kind);
            world.run_for(20_000);
            world.half_open(phone);
            let dials = lines(&world, phone);
            match hint {
                0 => world.tell(phone, Input::Network(true)),
                1 => world.tell(phone, Input::Visible(true)),
                2 => {
                    world.machine_mut(phone).skew = 3_600_000; // Its monotonic clock stood still.
                    world.tell(phone, Input::TimerFired);
                }
                _ => {
                    world.freeze(phone);
                    world.run_for(120_000);
                    world.thaw(phone);
                }
            }
            world.run_for(2_000);
            assert_eq!(lines(&world, phone), dials + 1, "{kind:?} {hint}");
            assert!(world.tab(phone).is(ConnectionState::Live), "{kind:?} {hint}");
            world.create(laptop, "milk", None);
            world.run_for(2_000);
            assert_eq!(world.titles(phone), ["milk"], "{kind:?}: the new one tells");
            world.rest();
            world.assert_converged();
        }
    }
}

/// Whoever goes from tab to tab does not make the page dial each time: what told of itself just now is alive.
#[test]
fn what_is_alive_stays() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    let dials = lines(&world, phone);
    for round in 0..10 {
        world.create(laptop, &format!("todo {round}"), None);
        world.run_for(5_000);
        world.hide(phone);
        world.show(phone);
    }
    assert_eq!(lines(&world, phone), dials);
    world.rest();
    world.assert_converged();
}

/// Nobody sees the page: it dials half as often.
#[test]
fn hidden_pages_slow_down() {
    let dials_of = |is_hidden: bool| {
        let (mut world, phone, _) = World::with_two(Kind::G1);
        if is_hidden {
            world.hide(phone);
        }
        world.cut(phone);
        let before = lines(&world, phone);
        world.run_for(7_200_000);
        let dials = lines(&world, phone) - before;
        world.heal(phone);
        world.show(phone);
        world.tell(phone, Input::Visible(true));
        world.run_for(2_000);
        assert!(world.tab(phone).is(ConnectionState::Live));
        dials
    };
    let (seen, hidden) = (dials_of(false), dials_of(true));
    assert!((400..600).contains(&seen) && (130..200).contains(&hidden), "{seen} and {hidden} dials in two hours");
}

fn busy(status: u16, millis: u64) -> HttpOutcome {
    HttpOutcome::Response { status, body: r#"{"error":"busy"}"#.into(), retry_after: Some(millis) }
}

fn live() -> Bench {
    let mut b = Bench::new();
    b.open();
    b.me();
    b.list("");
    b
}

/// `Retry-After`, of whatever route: nothing is asked and nothing written before, whoever wants it. What waited goes out then.
#[test]
fn no_request_before_the_server_wants_one() {
    for status in [429, 503] {
        let mut b = live();
        b.push(Verb::Create, "tmp", r#"{"title":"milk"}"#);
        assert!(b.answer("/todos", Method::Post, busy(status, 40_000)));
        b.push(Verb::Create, "tmp2", r#"{"title":"bread"}"#);
        let before = b.asked.len();
        for _ in 0..39 {
            b.feed(Input::Network(true));
            b.open();
            b.feed(Input::Visible(true));
            b.pass(1_000);
            assert_eq!(b.asked.len(), before, "{status} {:?}", b.asked);
        }
        b.pass(1_000);
        assert!(b.asks("/todos"));
        for _ in 0..100 {
            b.list("");
            b.answer("/me", Method::Get, Bench::ok(r#"{"user":{"id":"u1"}}"#));
            b.pass(1_000);
        }
        assert!(!b.writes().is_empty());
    }
}

/// The probe after a dial that failed is told to wait: there is no dial before, and writes, which need none, go on.
#[test]
fn no_dial_before_the_server_wants_one() {
    let mut b = live();
    let lost = SocketEvent::Closed { code: 1006, reason: String::new() };
    let generation = b.sockets.last().unwrap().0;
    b.feed(Input::Socket { generation, event: lost });
    b.pass(1_000);
    let (generation, count) = (b.sockets.last().unwrap().0, b.sockets.len());
    b.feed(Input::Socket { generation, event: SocketEvent::Closed { code: 1006, reason: String::new() } });
    assert!(b.answer("/ws", Method::Head, busy(429, 100_000)));
    b.me();
    for _ in 0..9 {
        b.pass(10_000);
        b.feed(Input::Network(true));
        b.feed(Input::Visible(true));
        while b.answer("/me", Method::Get, Bench::ok(r#"{"user":{"id":"u1"}}"#)) || b.list("") {}
    }
    assert_eq!(b.sockets.len(), count);
    b.push(Verb::Create, "tmp", r#"{"title":"milk"}"#);
    b.answer("/me", Method::Get, Bench::ok(r#"{"user":{"id":"u1"}}"#));
    assert_eq!(b.writes().len(), 1);
    b.pass(10_000);
    assert_eq!(b.sockets.len(), count + 1);
}

/// Until it is known who is signed in nothing is written, however long that takes; a socket that is open changes nothing.
#[test]
fn nothing_before_it_is_known_who_is_signed_in() {
    let mut b = Bench::new();
    b.open();
    b.list("");
    b.push(Verb::Create, "tmp", r#"{"title":"milk"}"#);
    for _ in 0..20 {
        b.pass(1_000);
        b.list("");
        assert_eq!(b.writes(), [] as [String; 0]);
    }
    b.me();
    assert_eq!(b.writes().len(), 1);
}

/// Glint has no route that renews a session: a 401 stops at once.
#[test]
fn a_session_is_not_renewed() {
    let mut b = Bench::new();
    assert!(b.answer("/me", Method::Get, HttpOutcome::Response { status: 401, body: String::new(), retry_after: None }));
    assert_eq!(b.engine.status().state, ConnectionState::Stopped);
    b.asked.clear();
    b.pass(600_000);
    assert!(b.asked.is_empty());
}
