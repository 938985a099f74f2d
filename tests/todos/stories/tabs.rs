//! Several tabs of one machine: one of them sends.

use crate::luck::Fault;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::notice::{Origin, Outcome};
use sealwire::rows::notice::ConnectionState;
use serde_json::json;

/// A phone with two connected tabs, the first of which leads, and a laptop.
fn with_follower(kind: Kind) -> (World, TabId, TabId, TabId) {
    let (mut world, leader, laptop) = World::with_two(kind);
    let follower = world.open_tab(leader);
    world.connect(follower);
    world.rest();
    assert!(world.tab(leader).is(ConnectionState::Live) && world.tab(follower).is(ConnectionState::Following));
    (world, leader, follower, laptop)
}

/// What one tab pushes the other one shows, under the same temporary id, and later both under the server's.
#[test]
fn tabs_show_the_same() {
    for kind in Kind::ALL {
        let (mut world, leader, follower, laptop) = with_follower(kind);
        let milk = world.create(follower, "milk", None);
        world.create(leader, "bread", None);
        world.rest();
        assert_eq!([leader, follower, laptop].map(|id| world.titles(id)), [["bread", "milk"], ["bread", "milk"], ["bread", "milk"]]);
        assert_eq!(world.tab(follower).diary.settled.get(&milk.event_id), Some(&Outcome::Confirmed), "{kind:?}");
        let by_tab = |change: &&sealwire::rows::notice::Change| change.origin == Origin::Tab;
        assert!(world.tab(leader).diary.changes.iter().filter(by_tab).count() > 0, "{kind:?}");
        world.rename(leader, &milk.id, "oat milk");
        world.rest();
        assert_eq!(world.titles(follower), ["bread", "oat milk"]);
        world.assert_converged();
    }
}

/// A create is in flight when the leader freezes and another tab takes over: it is looked for before it is sent again.
#[test]
fn in_flight_at_handover() {
    for kind in Kind::ALL {
        for millis in (0..300).step_by(15) {
            let (mut world, leader, follower, laptop) = with_follower(kind);
            if millis % 2 == 0 {
                world.luck.set_odds(Fault::RunsLate, 50);
            }
            let milk = world.create(leader, "milk", None);
            world.create(leader, "two litres", Some(&milk.id));
            world.run_for(millis);
            world.freeze(leader);
            world.steal(leader);
            world.luck.clear_odds();
            world.update(follower, &milk.id, json!({ "completed": true }));
            world.run_for(90_000);
            world.thaw(leader);
            world.rest();
            assert!(world.server.log.creates().values().all(|count| *count == 1), "{kind:?}, {millis} ms\n{}", world.trace());
            assert!(world.titles(laptop).len() <= 2);
            world.assert_converged();
        }
    }
}

/// The leader's page is closed while a create is in flight.
#[test]
fn in_flight_when_the_page_is_closed() {
    for kind in Kind::ALL {
        for millis in (0..300).step_by(15) {
            let (mut world, leader, follower, _) = with_follower(kind);
            world.luck.set_odds(Fault::RunsLate, 50);
            world.create(leader, "milk", None);
            world.run_for(millis);
            world.close(leader);
            world.luck.clear_odds();
            world.rest();
            assert!(world.tab(follower).is(ConnectionState::Live), "{kind:?}, {millis} ms");
            assert!(world.server.log.creates().values().all(|count| *count == 1), "{kind:?}, {millis} ms");
            world.assert_converged();
        }
    }
}

/// A leader that thaws hears first of its timers, and that it leads no more later: it writes nothing.
#[test]
fn leader_thaws_mid_send() {
    for kind in [Kind::G1, Kind::G3] {
        for millis in (0..120).step_by(5) {
            let (mut world, leader, follower, _) = with_follower(kind);
            let made: Vec<_> = (0..5).map(|number| world.create(leader, &format!("title {number}"), None)).collect();
            world.run_for(millis);
            world.freeze(leader);
            world.steal(leader);
            world.run_for(1_000);
            world.create(follower, "from the follower", None);
            world.run_for(70_000);
            world.thaw(leader);
            world.rest();
            for made in made {
                assert!(!world.waits(follower, &made.event_id), "{kind:?}, after {millis} ms");
            }
            assert!(world.tab(leader).is(ConnectionState::Following) && world.tab(follower).is(ConnectionState::Live));
            world.assert_converged();
        }
    }
}

/// Hints come late or never; the database has the truth, and each tab looks there now and then.
#[test]
fn channel_loses() {
    let (mut world, leader, follower, laptop) = with_follower(Kind::G2);
    world.luck.set_odds(Fault::HintLost, 100);
    for number in 0..10 {
        world.create(follower, &format!("follower {number}"), None);
        world.create(leader, &format!("leader {number}"), None);
        world.create(laptop, &format!("laptop {number}"), None);
        world.run_for(1_000);
    }
    world.rest();
    assert_eq!([leader, follower, laptop].map(|id| world.titles(id).len()), [30, 30, 30]);
    world.assert_converged();
}

/// The lock is stolen from leaders that are awake, again and again.
#[test]
fn stolen_while_awake() {
    for kind in Kind::ALL {
        let (mut world, leader, follower, _) = with_follower(kind);
        for number in 0..10 {
            world.create(leader, &format!("leader {number}"), None);
            world.create(follower, &format!("follower {number}"), None);
            world.run_for(number * 13);
            world.steal(leader);
        }
        world.rest();
        assert_eq!(world.titles(leader).len(), 20, "{kind:?}");
        world.assert_converged();
    }
}

/// A refusal that one tab heard of is no secret to the other: what it shows is rolled back too.
#[test]
fn refused_for_all_tabs() {
    let (mut world, leader, follower, _) = with_follower(Kind::G1);
    world.server.refuses = Some("bad".into());
    let made = world.create(follower, "bad", None);
    world.rest();
    assert!(world.titles(leader).is_empty() && world.titles(follower).is_empty());
    assert!(world.tab(follower).diary.rejected.iter().any(|refusal| refusal.event_id == made.event_id));
    assert!(world.waits(leader, &made.event_id));
    world.assert_converged();
}
