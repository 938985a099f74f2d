//! Several tabs of one machine: one of them sends.

use crate::luck::Fault;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::io::Decision;
use sealwire::engine::notice::{Origin, Outcome};
use sealwire::rows::io::{Input, Method};
use sealwire::rows::notice::ConnectionState;
use serde_json::json;

/// A phone with two connected tabs, the first of which leads, and a laptop.
fn with_follower(kind: Kind) -> (World, TabId, TabId, TabId) {
    with_follower_by(1, kind)
}

fn with_follower_by(seed: u64, kind: Kind) -> (World, TabId, TabId, TabId) {
    let (mut world, leader, laptop) = World::with_two_by(seed, kind);
    let follower = world.open_tab(leader);
    world.connect(follower);
    world.rest();
    world.reconnect(leader); // It need not ask who is signed in before it writes, which would hide what is too early.
    world.run_for(2_000);
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
        world.run_for(2_000);
        assert_eq!([leader, follower].map(|id| world.titles(id)), [["bread", "milk"], ["bread", "milk"]], "{kind:?}: a hint goes at once");
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

/// The leader freezes with its lock. A page that is seen and has something to send takes its place after 2 s, and the one that thaws follows.
#[test]
fn frozen_leader() {
    for kind in Kind::ALL {
        let (mut world, leader, follower, laptop) = with_follower(kind);
        world.freeze(leader);
        world.create(follower, "milk", None);
        world.run_for(1_900);
        assert!(world.server.find("milk").is_none(), "{kind:?}: the leader may reply");
        assert!(world.run_until(4_000, |world| world.server.find("milk").is_some()), "{kind:?}\n{}", world.trace());
        world.run_for(90_000);
        world.thaw(leader);
        world.rest();
        assert!(world.tab(leader).is(ConnectionState::Following) && world.tab(follower).is(ConnectionState::Live), "{kind:?}");
        assert_eq!(world.machine(leader).lock.stolen_at.len(), 1);
        assert_eq!([leader, follower, laptop].map(|id| world.titles(id)), [["milk"], ["milk"], ["milk"]], "{kind:?}");
        world.assert_converged();
    }
}

/// Nobody sees the page: what it pushes can wait until somebody does.
#[test]
fn a_hidden_tab_leaves_a_frozen_leader_in_place() {
    let (mut world, leader, follower, _) = with_follower(Kind::G1);
    world.hide(follower);
    world.freeze(leader);
    world.create(follower, "milk", None);
    world.run_for(600_000);
    assert!(world.server.find("milk").is_none() && world.machine(leader).lock.stolen_at.is_empty());
    world.show(follower);
    assert!(world.run_until(6_000, |world| world.server.find("milk").is_some()));
    world.thaw(leader);
    world.rest();
    world.assert_converged();
}

/// A leader that is offline replies, and keeps the lock however long that takes.
#[test]
fn a_leader_that_replies_is_not_replaced() {
    let (mut world, leader, follower, _) = with_follower(Kind::G1);
    world.cut(leader);
    for number in 0..10 {
        world.create(follower, &number.to_string(), None);
        world.run_for(number * 2_000);
    }
    world.run_for(600_000);
    assert!(world.machine(leader).lock.stolen_at.is_empty());
    world.heal(leader);
    world.rest();
    assert!(world.tab(leader).is(ConnectionState::Live));
    world.assert_converged();
}

/// A tab that has just replaced a frozen leader loses the lock to a third one, which freezes as well: it bears with that one for a minute.
#[test]
fn nobody_steals_twice_a_minute() {
    let (mut world, leader, follower, _) = with_follower(Kind::G1);
    let third = world.open_tab(leader);
    world.connect(third);
    world.hide(third);
    world.run_for(5_000);
    world.freeze(leader);
    world.create(follower, "milk", None);
    assert!(world.run_until(6_000, |world| world.server.find("milk").is_some()));
    world.steal(follower);
    assert!(world.run_until(4_000, |world| world.tab(third).is(ConnectionState::Live)));
    world.freeze(third);
    world.create(follower, "bread", None);
    assert!(world.run_until(200_000, |world| world.machine(leader).lock.stolen_at.len() == 2));
    let stolen_at = &world.machine(leader).lock.stolen_at;
    assert!((60_000..64_000).contains(&(stolen_at[1] - stolen_at[0])), "{stolen_at:?}");
    for frozen in [leader, third] {
        world.thaw(frozen);
    }
    world.rest();
    world.assert_converged();
}

/// A create is in flight when the leader freezes and another tab takes over: it is looked for before it is sent again.
#[test]
pub fn in_flight_at_handover() {
    for kind in Kind::ALL {
        for millis in (0..300).step_by(4) {
            let (mut world, leader, follower, laptop) = with_follower_by(millis, kind);
            if millis % 2 == 0 {
                world.luck.set_odds(Fault::RunsLate, 70);
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
pub fn leader_thaws_mid_send() {
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

/// The lock is stolen from a leader that does not hear of it for long: the database tells it.
#[test]
pub fn stolen_and_not_told() {
    for kind in Kind::ALL {
        for millis in (0..300).step_by(5) {
            let (mut world, leader, follower, _) = with_follower_by(millis, kind);
            (0..5).for_each(|number| drop(world.create(leader, &format!("title {number}"), None)));
            world.run_for(millis);
            world.steal_heard_after(leader, 20_000..=20_000);
            world.create(follower, "from the follower", None);
            world.run_for(100);
            world.create(leader, "from the leader", None);
            world.rest();
            assert!(world.server.log.creates().values().all(|count| *count == 1), "{kind:?}, {millis} ms\n{}", world.trace());
            world.assert_converged();
        }
    }
}

/// An update runs late, somebody else does the same meanwhile, and its page is closed once it is confirmed: the tab that takes over waits.
#[test]
pub fn confirmed_and_yet_to_come() {
    for seed in 0..20 {
        let (mut world, leader, follower, laptop) = with_follower_by(seed, Kind::ALL[(seed % 3) as usize]);
        let milk = world.create(leader, "milk", None);
        world.run_for(5_000);
        let id = world.server.find("milk").expect("a row").to_owned();
        world.luck.set_odds(Fault::RunsLate, 100);
        let renamed = world.rename(leader, &milk.id, "oat milk");
        assert!(world.run_until(10_000, |world| world.luck.hits().contains_key(&Fault::RunsLate)));
        world.luck.clear_odds();
        world.elsewhere("u2", Method::Patch, &format!("todos/{id}"), json!({ "title": "oat milk" }));
        assert!(world.run_until(60_000, |world| world.tab(leader).diary.settled.contains_key(&renamed.event_id)));
        world.close(leader);
        world.rename(follower, &milk.id, "rye milk");
        world.rest();
        assert_eq!(world.titles(laptop), ["rye milk"], "seed {seed}\n{}", world.trace());
        world.assert_converged();
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

/// A single hint that never comes is made up for soon.
#[test]
fn a_hint_is_lost() {
    for seed in 0..12 {
        let (mut world, leader, follower, _) = with_follower_by(seed, Kind::G2);
        world.luck.set_odds(Fault::HintLost, 100);
        world.create(leader, "milk", None);
        world.run_for(40_000);
        assert_eq!(world.titles(follower), ["milk"], "seed {seed}");
        world.luck.clear_odds();
        world.rest();
        world.assert_converged();
    }
}

/// The second tab has not heard of what the first one stored, and is the one that sends: the older change goes first all the same.
#[test]
pub fn two_tabs_change_one_field() {
    for seed in 0..12 {
        let (mut world, leader, follower, laptop) = with_follower_by(seed, Kind::G1);
        let milk = world.create(leader, "milk", None);
        world.run_for(20_000);
        world.luck.set_odds(Fault::HintLost, 100);
        world.rename(follower, &milk.id, "oat milk");
        world.run_for(30);
        world.rename(leader, &milk.id, "rye milk");
        world.run_for(60_000);
        world.luck.clear_odds();
        world.rest();
        assert_eq!(world.titles(laptop), ["rye milk"], "seed {seed}\n{}", world.trace());
        world.assert_converged();
    }
}

/// The first tab stores a change while the second one, which sends, reads what was stored: it is not overlooked.
#[test]
pub fn stored_while_another_tab_reads() {
    for millis in 0..20 {
        let (mut world, leader, follower, laptop) = with_follower(Kind::G1);
        let milk = world.create(leader, "milk", None);
        world.run_for(20_000);
        world.luck.set_odds(Fault::HintLost, 100);
        world.tell(leader, Input::Hinted);
        world.run_for(millis);
        world.rename(follower, &milk.id, "oat milk");
        world.run_for(40);
        world.rename(leader, &milk.id, "rye milk");
        world.run_for(60_000);
        world.luck.clear_odds();
        world.rest();
        assert_eq!(world.titles(laptop), ["rye milk"], "after {millis} ms\n{}", world.trace());
        world.assert_converged();
    }
}

/// A tab that has not heard that a change was sent takes it back: it cannot.
#[test]
pub fn taken_back_while_another_tab_sends() {
    for seed in 0..12 {
        let (mut world, leader, follower, _) = with_follower_by(seed, Kind::G2);
        world.cut(leader);
        let made = world.create(leader, "milk", None);
        world.run_for(2_000);
        world.luck.set_odds(Fault::HintLost, 100);
        world.luck.set_odds(Fault::ReplyLost, 100);
        world.spares_reads = true;
        world.heal(leader);
        assert!(world.run_until(60_000, |world| world.server.find("milk").is_some()), "seed {seed}");
        let is_done = world.decided(follower, Decision::Cancel, &made.event_id);
        world.luck.clear_odds();
        world.rest();
        assert!(!is_done, "seed {seed}\n{}", world.trace());
        world.assert_converged();
    }
}

/// All tabs have stopped. One of them is told to go on, and the one that had the lock is not in its way.
#[test]
fn one_of_those_that_stopped_goes_on() {
    let (mut world, leader, follower, laptop) = with_follower(Kind::G2);
    world.sign_out(leader);
    world.run_for(60_000);
    assert!([leader, follower].iter().all(|id| world.tab(*id).is(ConnectionState::Stopped)));
    world.machine_mut(leader).session = Some("u1".into());
    world.create(follower, "milk", None);
    world.reconnect(follower);
    world.rest();
    assert!(world.tab(follower).is(ConnectionState::Live));
    assert_eq!(world.titles(laptop), ["milk"]);
    world.assert_converged();
}

/// A leader that thaws hears of a row that is gone by now, before it hears that it leads no more: what it makes of that is not stored, and not
/// shown for long.
#[test]
pub fn a_leader_that_thaws_learns_something_old() {
    for kind in Kind::ALL {
        let (mut world, leader, follower, laptop) = with_follower(kind);
        world.freeze(leader);
        let milk = world.create(laptop, "milk", None);
        world.run_for(2_000);
        world.luck.set_odds(Fault::EventDropped, 100);
        world.delete(laptop, &milk.id);
        world.run_for(2_000);
        world.luck.clear_odds();
        world.steal(leader);
        world.run_for(3_000); // After a longer time it would dial anew, and not hear of it.
        world.thaw(leader);
        world.rest();
        assert_eq!([leader, follower].map(|id| world.titles(id).len()), [0, 0], "{kind:?}");
        world.assert_converged();
    }
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
