//! What the server asks for: to be left alone for a while, or a session.

use crate::canary::content;
use crate::luck::Fault;
use crate::machine::USER;
use crate::server::{Account, Kind};
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::ids::Generation;
use sealwire::engine::io::{Input, SocketEvent};
use sealwire::engine::notice::{AccountCheck, ConnectionState};
use serde_json::{Value, json};

/// An error on the present socket of the first page.
fn complains(world: &mut World, complaint: &Value) {
    let phone = world.tab_ids().next().expect("a page");
    let generation = Generation(u64::from(world.machine(phone).dials));
    let frame = SocketEvent::Frame(complaint.to_string());
    world.tell(phone, Input::Socket { generation, event: frame });
}

/// `retryAfter` without an id: nothing is sent before, not what was on the wire and not what is pushed meanwhile.
#[test]
fn no_frame_before_the_server_wants_one() {
    for complaint in [json!({ "type": "error", "error": "slow down", "retryAfter": 40 }), Value::Null] {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        world.push(phone, "bm_1", "first");
        world.run_until_quiet(500);
        let has_asked = !complaint.is_null();
        if has_asked {
            complains(&mut world, &complaint);
        }
        world.push(phone, "bm_2", "second");
        world.run_for(39_000);
        assert_eq!(world.server.received.len(), if has_asked { 1 } else { 2 });
        world.run_for(2_000);
        assert_eq!(world.shown_bookmark(laptop, "bm_2"), Some(content("second")));
        world.assert_converged();
    }
}

/// The same where it names a change that it refuses for now: others would fare no better.
#[test]
fn no_other_change_before_the_server_wants_one() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.luck.set_odds(Fault::ServerDrops, 100);
    let first = world.push(phone, "bm_1", "first");
    assert!(world.run_until(5_000, |world| world.tab(phone).has_status(|status| status.in_flight == 1)));
    world.run_for(100);
    complains(&mut world, &json!({ "type": "error", "error": "no database", "id": first, "code": "unavailable", "retryAfter": 30 }));
    world.luck.clear_odds();
    world.push(phone, "bm_2", "second");
    world.run_for(29_000);
    assert!(world.server.received.is_empty());
    world.run_for(2_000);
    assert_eq!(world.shown_bookmark(laptop, "bm_2"), Some(content("second")));
    world.assert_converged();
}

/// It says so and closes the connection: there is no dial before, whatever the browser hints; the app can have one.
#[test]
fn no_dial_before_the_server_wants_one() {
    for asks_for_it in [false, true] {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        complains(&mut world, &json!({ "type": "error", "error": "too many", "retryAfter": 120 }));
        world.drop_links(phone);
        let dials = world.machine(phone).dials;
        for _ in 0..11 {
            world.run_for(10_000);
            world.tell(phone, Input::Network(true));
            world.tell(phone, Input::Visible(true));
        }
        assert_eq!(world.machine(phone).dials, dials);
        let (wall, retry_at) = (world.wall(), world.tab(phone).engine.as_ref().and_then(|engine| engine.status().retry_at));
        assert!(retry_at.is_some_and(|at| (wall..wall + 11_000).contains(&at)), "{retry_at:?} at {wall}");
        if asks_for_it {
            world.reconnect(phone);
            world.run_for(100);
        } else {
            world.run_for(11_000);
        }
        assert_eq!(world.machine(phone).dials, dials + 1);
        world.run_until_quiet(500);
        world.assert_converged();
    }
}

/// An hour is too long, and taken for five minutes.
#[test]
fn a_server_is_not_left_alone_for_ever() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    complains(&mut world, &json!({ "type": "error", "error": "too many", "retryAfter": 3_600 }));
    world.drop_links(phone);
    let dials = world.machine(phone).dials;
    world.run_for(299_000);
    assert_eq!(world.machine(phone).dials, dials);
    world.run_for(2_000);
    assert_eq!(world.machine(phone).dials, dials + 1);
}

/// `Retry-After` of a pull that failed: no pull before. What is pushed goes out.
#[test]
fn no_pull_before_the_server_wants_one() {
    let (mut world, phone, laptop) = World::with_two(Kind::Silent);
    world.run_for(10_000);
    world.server.leave_alone = Some(90_000);
    let asked = world.server.asked.len();
    world.push(phone, "bm_1", "x");
    assert!(world.run_until(5_000, |world| world.server.asked.len() > asked));
    world.run_for(200);
    world.server.leave_alone = None;
    world.push(phone, "bm_2", "y");
    world.run_for(85_000);
    assert_eq!(world.server.asked.len(), asked + 1, "{:?}", world.server.asked.last());
    assert_eq!(world.shown_bookmark(laptop, "bm_2"), Some(content("y")));
    world.run_until_quiet(500);
    world.assert_converged();
}

/// `Retry-After` where it is asked whose session it is, on a connection or after a dial that failed: no dial before, and nothing is sent.
#[test]
fn no_question_before_the_server_wants_one() {
    for is_refused in [false, true] {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        world.server.leave_alone = Some(60_000);
        if is_refused {
            world.server.account = Account::Status(401);
        }
        world.restart_server();
        world.push(phone, "bm_1", "x");
        assert!(
            world.run_until(20_000, |world| world
                .tab(phone)
                .has_status(|status| status.retry_at.is_some_and(|at| at > world.wall() + 50_000)))
        );
        world.sign_in(USER);
        world.server.leave_alone = None;
        let dials = world.machine(phone).dials;
        world.run_for(55_000);
        assert_eq!((world.machine(phone).dials, world.server.received.len()), (dials, 0));
        world.run_until_quiet(500);
        assert_eq!(world.server.received.len(), 1);
        world.assert_converged();
    }
}

/// The session has ended and can be renewed: that is done by itself, wherever it is noticed.
#[test]
fn a_session_that_can_be_renewed() {
    for restarts in [true, false] {
        let (mut world, phone, laptop) = World::with_two(Kind::Silent);
        world.sign_out();
        world.server.renews = Some(USER.into());
        if restarts {
            world.restart_server(); // Else a pull hears of it.
        }
        world.push(phone, "bm_1", "x");
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("x")));
        for id in [phone, laptop] {
            assert!(world.tab(id).has_status(|status| status.account == AccountCheck::Verified && status.reason.is_none()));
        }
        world.assert_converged();
    }
}

/// It says that it has renewed it and knows of no session all the same: it is asked once, and again only when a connection has been live.
#[test]
fn a_session_is_renewed_once() {
    let mut world = World::new(1, Kind::Acks, sealwire::engine::seal::Format::SealedV1);
    let phone = world.add("phone");
    world.connect(phone);
    world.run_for(5_000);
    let renewals = |world: &World| world.server.asked.iter().filter(|(_, route)| route == "/auth/refresh").count();
    for round in 1..4 {
        world.sign_out();
        world.server.renews = Some(String::new());
        world.restart_server();
        world.run_for(1_200_000);
        assert_eq!(renewals(&world), round);
        assert!(
            world.tab(phone).has_status(|status| status.state == ConnectionState::Stopped && status.reason == Some(ErrorCode::NeedsAuth))
        );
        world.sign_in(USER);
        world.reconnect(phone);
        world.run_for(5_000);
        assert!(world.tab(phone).has_status(|status| status.state == ConnectionState::Live));
    }
}

/// The server renews it, and the line is lost before it says so: that is no reason to stop.
#[test]
fn a_renewal_whose_answer_is_lost() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.disconnect(laptop);
    world.sign_out();
    world.restart_server();
    let asked = world.server.asked.len();
    assert!(world.run_until(10_000, |world| world.server.asked.len() > asked));
    world.cut(phone);
    world.run_for(5_000);
    assert!(world.tab(phone).has_status(|status| status.state == ConnectionState::Reconnecting));
    world.sign_in(USER);
    world.heal(phone);
    world.run_until_quiet(500);
    assert!(world.tab(phone).has_status(|status| status.state == ConnectionState::Live));
}

/// Until it is known whose session it is, nothing goes out; here the answer never comes.
#[test]
fn nothing_is_sent_before_the_account_is_checked() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.luck.set_odds(Fault::RequestLost, 100);
    world.restart_server();
    world.push(phone, "bm_1", "x");
    world.run_for(25_000);
    assert!(world.server.received.is_empty() && world.server.asked.iter().any(|(_, route)| route == "/sync/status"));
    world.luck.clear_odds();
    world.run_for(10_000);
    assert_eq!(world.server.received.len(), 1);
    assert!(world.tab(phone).has_status(|status| status.account == AccountCheck::Unverified));
}
