//! The connection's life.

use crate::canary::content;
use crate::luck::Fault;
use crate::machine::USER;
use crate::server::{Account, Greeting, Kind};
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::ids::Generation;
use sealwire::engine::io::{Command, Input, SocketEvent};
use sealwire::engine::notice::{AccountCheck, ConnectionState};
use serde_json::json;

/// The browser's cookie is another user's: nothing of ours goes out, until the right one is signed in and the app says so.
#[test]
fn wrong_account() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.cut(phone);
    world.push(phone, "bm_1", "not for B");
    world.sign_in("user_B");
    world.heal(phone);
    world.run_for(600_000);
    assert!(world.tab(phone).has_status(|status| {
        status.state == ConnectionState::Stopped && status.reason == Some(ErrorCode::WrongUser) && status.pending == 1
    }));
    assert!(world.server.received.is_empty());
    world.sign_in(USER);
    world.reconnect(phone);
    world.run_until_quiet(500);
    assert!(world.tab(phone).has_status(|status| status.account == AccountCheck::Verified));
    world.assert_converged();
}

/// Without a session dials fail without a reason; a request tells it, and nothing more is tried.
#[test]
fn needs_auth() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.sign_out();
    world.restart_server();
    world.push(phone, "bm_1", "kept");
    world.run_for(600_000);
    assert!(world.tab(phone).has_status(|status| status.reason == Some(ErrorCode::NeedsAuth)));
    let dials = world.machine(phone).dials;
    world.run_for(600_000);
    assert_eq!(world.machine(phone).dials, dials);
    world.sign_in(USER);
    world.reconnect(phone);
    world.run_until_quiet(500);
    assert!(world.machine(phone).disk.outbox().is_empty());
}

/// The session ends with the connection, after hours: the first dial that fails is followed by the question why.
#[test]
fn the_first_failed_dial_tells() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.run_for(3_600_000);
    world.sign_out();
    world.restart_server();
    assert!(world.run_until(2_000, |world| world.tab(phone).has_status(|status| status.reason == Some(ErrorCode::NeedsAuth))));
}

/// A server that cannot say whose session it is: it goes on, and says so.
#[test]
fn unverified_account() {
    for status in [404, 500, 501, 503] {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        world.server.account = Account::Status(status);
        world.restart_server();
        world.push(phone, "bm_1", "sent");
        world.run_until_quiet(500);
        assert!(world.tab(phone).has_status(|status| status.account == AccountCheck::Unverified));
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("sent")));
        world.assert_converged();
    }
}

/// The device slept past the deadline of a pong that waits in its queue: the connection is as good as before.
#[test]
fn late_deadline() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let dials = world.machine(phone).dials;
    for _ in 0..3 {
        world.tell(phone, Input::Network(true)); // Makes it ping.
        world.sleep(phone, 8 * 3_600_000);
        world.run_for(8 * 3_600_000 + 1_000);
    }
    assert_eq!(world.machine(phone).dials, dials);
    assert!(world.tab(phone).diary.errors.is_empty());
}

/// A pong waits in the queue while the device sleeps. On waking the page pings anew, and takes that pong for no answer to it: what it tells
/// is the time before the sleep.
#[test]
fn a_pong_from_before_the_sleep() {
    for millis in 1..100 {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        world.tell(phone, Input::Network(true)); // Makes it ping.
        world.run_for(millis);
        world.freeze(phone);
        world.run_for(400_000);
        world.tell(phone, Input::Network(true));
        world.thaw(phone);
        world.run_for(500);
        let (now, stamped) = (world.wall(), world.push(phone, "bm_1", "x"));
        world.run_until_quiet(500);
        let behind = now.saturating_sub(world.oracle.changes()[stamped.as_str()].1.0);
        assert!(behind < 5_000, "{behind} ms, frozen after {millis} ms");
    }
}

/// Nothing comes any more: within half a minute it is noticed, whichever side is gone.
#[test]
fn a_dead_connection_is_noticed() {
    for is_half_open in [true, false] {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        if is_half_open {
            world.half_open(phone);
        } else {
            world.black_hole(phone);
        }
        world.push(phone, "bm_1", "late");
        world.run_for(26_000);
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::NoPong), 1);
        world.heal(phone);
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("late")));
        world.assert_converged();
    }
}

/// Over a day of a server that lets nobody in, the pauses grow to their full length and stay there.
#[test]
fn dials_are_paced() {
    for accepts_first in [true, false] {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        let before = world.machine(phone).dials;
        if accepts_first {
            for _ in 0..8_640 {
                world.restart_server(); // Every ten seconds: no connection lasts.
                world.run_for(10_000);
            }
        } else {
            world.cut(phone);
            world.run_for(86_400_000);
        }
        let dials = world.machine(phone).dials - before;
        assert!((4_000..8_000).contains(&dials), "{dials} dials in a day");
    }
}

/// Connecting twice is connecting once; after `disconnect` nothing is dialled; timers that fire for nothing are harmless.
#[test]
fn commands_may_be_repeated() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let dials = world.machine(phone).dials;
    for _ in 0..5 {
        world.tell(phone, Input::Command(Command::Connect));
        world.tell(phone, Input::TimerFired);
    }
    assert_eq!(world.machine(phone).dials, dials);
    world.disconnect(phone);
    world.disconnect(phone);
    world.tell(phone, Input::Network(true));
    world.run_for(600_000);
    assert_eq!(world.machine(phone).dials, dials);
    assert!(world.tab(phone).has_status(|status| status.state == ConnectionState::Idle));
    world.push(phone, "bm_1", "kept");
    world.run_for(1_000);
    assert_eq!(world.machine(phone).disk.outbox().len(), 1);
    world.connect(phone);
    world.run_until_quiet(500);
    world.assert_converged();
}

/// Whatever comes of a socket that was replaced is dropped.
#[test]
fn events_of_a_former_socket() {
    let (mut world, phone, _) = World::with_two(Kind::Silent);
    world.restart_server();
    world.run_until_quiet(500);
    let pushed = world.push(phone, "bm_1", "x");
    assert!(world.run_until(5_000, |world| world.tab(phone).has_status(|status| status.in_flight == 1)));
    let (dials, former) = (world.machine(phone).dials, Generation(1));
    for event in [
        SocketEvent::Opened,
        SocketEvent::Frame(json!({ "type": "ack", "ids": [pushed] }).to_string()),
        SocketEvent::Unreadable { too_large: true },
        SocketEvent::Buffered(1 << 30),
        SocketEvent::Closed { code: 1006, reason: String::new() },
    ] {
        world.tell(phone, Input::Socket { generation: former, event });
    }
    world.run_for(500);
    assert!(world.tab(phone).diary.settled.is_empty());
    assert_eq!((world.machine(phone).dials, world.tab(phone).diary.errors_of(ErrorCode::FrameTooLarge)), (dials, 0));
    world.run_until_quiet(500);
    world.assert_converged();
}

/// A server claims to live in 2100: stamps do not follow it. Ten minutes they do.
#[test]
fn time_warp() {
    for (skew, is_followed) in [(75 * 365 * 86_400_000, false), (86_400_001 + 100, false), (600_000, true), (-600_000, true)] {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        world.server.skew = skew;
        world.restart_server();
        world.run_for(60_000);
        let before = world.wall();
        world.push(phone, "bm_1", "x");
        world.run_until_quiet(500);
        let stamp = world.shown(phone).into_values().next().expect("a bookmark").0.0;
        let expected = if is_followed { before.saturating_add_signed(skew) } else { before };
        assert!(stamp.abs_diff(expected) < 1_000, "{stamp} is not {expected}");
        assert!(world.tab(phone).diary.errors_of(ErrorCode::ClockSkew) > 0);
    }
}

/// The server greets another device: it is told, and not believed.
#[test]
fn device_mismatch() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.server.greeting = Greeting::To("another".into());
    world.restart_server();
    world.run_until_quiet(500);
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::DeviceMismatch), 1);
    world.push(phone, "bm_1", "by the phone");
    world.run_until_quiet(500);
    let ((_, author, _), _) = world.shown(laptop).into_values().next().expect("a bookmark");
    assert!(author.starts_with("phone_"));
    world.assert_converged();
}

/// The server lets the socket open and says nothing: nothing is sent, and the socket is given up.
#[test]
fn a_server_that_does_not_greet() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.server.greeting = Greeting::Missing;
    world.restart_server();
    let dials = world.machine(phone).dials;
    world.push(phone, "bm_1", "late");
    world.run_for(120_000);
    assert!(world.machine(phone).dials > dials + 2);
    assert!(world.server.received.is_empty());
    world.server.greeting = Greeting::Proper;
    world.run_until_quiet(500);
    world.assert_converged();
}

/// A large frame takes 20 s on a poor line, and the ping waits behind it. Nothing comes meanwhile, and the connection is not given up; but
/// when the buffer does not become any emptier for 15 s, it is.
#[test]
fn slow_is_not_dead() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.slow_down(phone, 30_000);
    world.push(phone, "bm_1", &"x".repeat(450_000));
    world.run_for(12_000);
    assert_eq!(world.server.received.len(), 0);
    world.run_until_quiet(500);
    assert_eq!(world.server.received.len(), 1);
    assert!(world.tab(phone).diary.errors.is_empty());
    assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content(&"x".repeat(450_000))));
    world.assert_converged();

    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.slow_down(phone, 1); // A byte in a second: less than is noticed.
    world.push(phone, "bm_1", &"x".repeat(450_000));
    world.run_for(2_500);
    world.luck.set_odds(Fault::BufferFull, 100);
    world.run_for(14_000);
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::NoPong), 0);
    world.run_for(6_000);
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::NoPong), 1);
}

/// The same where the system takes the frame at once, and the socket's buffer is empty while it leaves.
#[test]
fn slow_below_the_buffer_is_not_dead() {
    for bytes_per_second in [40_000, 60_000] {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        world.network.takes_all = true;
        world.slow_down(phone, bytes_per_second);
        world.push(phone, "bm_1", &"x".repeat(700_000));
        world.run_for(10_000);
        assert_eq!(world.server.received.len(), 0);
        world.tell(phone, Input::Visible(true));
        world.run_until_quiet(500);
        assert!(world.tab(phone).diary.errors.is_empty());
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content(&"x".repeat(700_000))));
        world.assert_converged();
    }
}

/// With a change on the wire and nothing coming back, a dead connection is noticed within eight seconds.
#[test]
fn a_dead_connection_is_noticed_sooner_with_a_change_on_it() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.black_hole(phone);
    world.push(phone, "bm_1", "late");
    world.run_for(8_000);
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::NoPong), 1);
}
