//! Whether the connection is alive, and when that is asked.

use crate::canary::content;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::io::Input;
use sealwire::engine::notice::ConnectionState;

/// What the browser tells when the line may be another by now.
const HINTS: [fn(&mut World, TabId); 3] = [
    |world, phone| world.tell(phone, Input::Network(true)),
    |world, phone| world.tell(phone, Input::Visible(true)),
    // The wall clock has moved by itself: the device slept, and its monotonic clock with it.
    |world, phone| {
        world.set_clock(phone, 3_600_000);
        world.tell(phone, Input::TimerFired);
    },
];

/// Two seconds after the browser is online, the page is seen or the device wakes, a dead connection is noticed, and another one made.
#[test]
fn a_dead_connection_is_noticed_at_once() {
    for hint in HINTS {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        world.half_open(phone);
        world.run_for(1_000);
        hint(&mut world, phone);
        world.run_for(1_900);
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::NoPong), 0);
        world.run_for(200);
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::NoPong), 1);
        assert!(world.run_until(2_000, |world| world.tab(phone).has_status(|status| status.state == ConnectionState::Live)));
    }
}

/// The same after a sleep of a minute, by the timer that comes so late. A pong that waited in the queue proves nothing.
#[test]
fn a_dead_connection_is_noticed_on_waking() {
    for has_pong in [false, true] {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        if has_pong {
            world.tell(phone, Input::Network(true));
        }
        world.sleep(phone, 60_000);
        world.run_for(30_000);
        world.half_open(phone);
        world.run_for(33_500);
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::NoPong), 1, "{has_pong}");
        world.run_until_quiet(500);
        world.assert_converged();
    }
}

/// Where the server answers, nothing comes of it, however often it is hinted; and one question is under way, not ten.
#[test]
fn a_living_connection_stays() {
    for hint in HINTS {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        let dials = world.machine(phone).dials;
        for _ in 0..10 {
            hint(&mut world, phone);
            world.run_for(300);
        }
        world.run_for(60_000);
        assert_eq!(world.machine(phone).dials, dials);
        assert!(world.tab(phone).diary.errors.keys().all(|code| *code == ErrorCode::ClockSkew));
    }
}

/// That the browser believes to be offline closes nothing, and hinders nothing.
#[test]
fn offline_is_a_hint() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    let dials = world.machine(phone).dials;
    world.tell(phone, Input::Network(false));
    world.push(phone, "bm_1", "sent");
    world.run_for(2_000);
    assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("sent")));
    assert_eq!(world.machine(phone).dials, dials);
    world.restart_server();
    world.tell(phone, Input::Network(false));
    world.push(phone, "bm_1", "sent as well");
    world.run_until_quiet(500);
    assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("sent as well")));
}

/// A large frame leaves slowly while the page is shown again: that is life, and the two seconds run from when the ping has left.
#[test]
fn a_slow_line_is_not_given_up_when_it_is_probed() {
    for hint in HINTS {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        world.slow_down(phone, 30_000);
        world.push(phone, "bm_1", &"x".repeat(450_000));
        world.run_for(3_000);
        hint(&mut world, phone);
        world.run_until_quiet(500);
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::NoPong), 0);
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content(&"x".repeat(450_000))));
    }
}

/// After an outage nothing waits for the end of a pause; and what the backoff has learnt stays learnt, until a connection has lasted.
#[test]
fn a_wait_ends_at_once() {
    for hint in HINTS {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        world.cut(phone);
        world.run_for(3_600_000);
        world.heal(phone);
        hint(&mut world, phone);
        assert!(world.run_until(1_500, |world| world.tab(phone).has_status(|status| status.state == ConnectionState::Live)));
        assert!(world.tab(phone).has_status(|status| status.attempts > 6));
        world.run_for(31_000);
        assert!(world.tab(phone).has_status(|status| status.attempts == 0));
    }
}

/// Nobody sees the page: it dials half as often, and at once when it is seen.
#[test]
fn hidden_pages_slow_down() {
    let dials_of = |is_visible: bool| {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        world.tell(phone, Input::Visible(is_visible));
        world.cut(phone);
        let before = world.machine(phone).dials;
        world.run_for(7_200_000);
        let dials = world.machine(phone).dials - before;
        world.heal(phone);
        world.tell(phone, Input::Visible(true));
        assert!(world.run_until(1_500, |world| world.tab(phone).has_status(|status| status.state == ConnectionState::Live)));
        dials
    };
    let (seen, hidden) = (dials_of(true), dials_of(false));
    assert!((400..600).contains(&seen) && (130..200).contains(&hidden), "{seen} and {hidden} dials in two hours");
}
