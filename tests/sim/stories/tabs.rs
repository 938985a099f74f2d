//! Several tabs of one machine: one sends, and a former one writes nothing.

use crate::canary::content;
use crate::luck::Fault;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::event::Operation;
use sealwire::engine::io::{Decision, Input, Query, Reply, Standing};
use sealwire::engine::notice::{Change, ConnectionState, Origin, Outcome};

/// A phone with two connected tabs, the first of which leads, and a laptop.
fn with_follower(kind: Kind) -> (World, TabId, TabId, TabId) {
    let (mut world, leader, laptop) = World::with_two(kind);
    let follower = world.open_tab(leader);
    world.connect(follower);
    world.run_until_quiet(500);
    assert!(is(&world, leader, ConnectionState::Live) && is(&world, follower, ConnectionState::Following));
    (world, leader, follower, laptop)
}

fn is(world: &World, id: TabId, state: ConnectionState) -> bool {
    world.tab(id).has_status(|status| status.state == state)
}

fn is_settled(world: &World, id: TabId, event_id: &str) -> Option<Outcome> {
    world.tab(id).diary.settled.get(event_id).copied()
}

fn last_change(world: &World, id: TabId) -> &Change {
    world.tab(id).diary.changes.last().expect("a change")
}

/// Freezes the leader, gives its lock to the other tab, and lets that one send.
fn take_over(world: &mut World, leader: TabId, follower: TabId) {
    world.freeze(leader);
    world.steal(leader);
    assert!(world.run_until(5_000, |world| is(world, follower, ConnectionState::Live)));
}

/// The leader freezes with its lock and its socket. Another tab takes over and sends all; the one that thaws writes nothing that is the
/// leader's, and follows.
#[test]
fn frozen_leader() {
    for kind in Kind::ALL {
        let (mut world, leader, follower, laptop) = with_follower(kind);
        world.freeze(leader);
        let by_follower = world.push(follower, "bm_1", "from the follower");
        world.run_for(1_900);
        assert!(world.server.received.is_empty(), "nobody may send while the leader has the lock and may reply");
        assert!(world.run_until(2_000, |world| world.server.received.contains(&by_follower)), "{kind:?}");
        world.run_until_quiet(500);
        assert_eq!(is_settled(&world, follower, &by_follower), Some(Outcome::Confirmed), "{kind:?}");
        world.push(laptop, "bm_2", "from the laptop"); // Its frame waits for the one that is frozen as well.
        world.run_for(600_000);
        world.thaw(leader);
        world.run_until_quiet(500);
        assert!(is(&world, leader, ConnectionState::Following) && is(&world, follower, ConnectionState::Live), "{kind:?}");
        assert_eq!(world.shown(leader), world.shown(follower), "{kind:?}");
        world.assert_converged();
    }
}

/// Nobody sees the page: what it pushes can wait until somebody does, or until the leader thaws.
#[test]
fn a_hidden_tab_leaves_a_frozen_leader_in_place() {
    let (mut world, leader, follower, _) = with_follower(Kind::Acks);
    world.tell(follower, Input::Visible(false));
    world.freeze(leader);
    world.push(follower, "bm_1", "from a hidden page");
    world.run_for(600_000);
    assert!(world.server.received.is_empty() && world.machine(leader).lock.stolen_at.is_empty());
    world.tell(follower, Input::Visible(true));
    assert!(world.run_until(4_000, |world| world.server.received.len() == 1));
    world.run_until_quiet(500);
    world.thaw(leader);
    world.run_until_quiet(500);
    world.assert_converged();
}

/// What was pushed by a page that is gone is as good a reason as what the page itself has pushed.
#[test]
fn a_page_that_is_opened_anew_replaces_a_frozen_leader() {
    let (mut world, leader, follower, _) = with_follower(Kind::Acks);
    world.freeze(leader);
    world.push(follower, "bm_1", "before the reload");
    world.run_for(1_000);
    world.reload(follower);
    assert!(world.run_until(5_000, |world| world.server.received.len() == 1));
    world.run_until_quiet(500);
    world.thaw(leader);
    world.run_until_quiet(500);
    world.assert_converged();
}

/// A leader that is offline, or whose server confirms nothing, lives: it replies, and keeps the lock however long that takes.
#[test]
fn a_leader_that_replies_is_not_replaced() {
    let offline: fn(&mut World, TabId) = World::cut;
    let unheard: fn(&mut World, TabId) = World::black_hole;
    for hinder in [offline, unheard] {
        let (mut world, leader, follower, _) = with_follower(Kind::Acks);
        hinder(&mut world, leader);
        for number in 0..20 {
            world.push(follower, "bm_1", &number.to_string());
            world.run_for(number * 1_000);
        }
        world.run_for(600_000);
        assert!(world.machine(leader).lock.stolen_at.is_empty());
        world.heal(leader);
        world.run_until_quiet(500);
        assert!(is(&world, leader, ConnectionState::Live));
        world.assert_converged();
    }
}

/// The page that asks is busy with something else for longer than a leader has to reply: the reply waits behind the timer, and counts.
#[test]
fn a_reply_that_waits_is_a_reply() {
    for millis in 0..60 {
        let (mut world, leader, follower, _) = with_follower(Kind::Acks);
        world.cut(leader);
        world.push(follower, "bm_1", "one");
        world.run_for(millis);
        world.freeze(follower);
        world.run_for(2_600);
        world.thaw(follower);
        world.run_for(10_000);
        assert!(world.machine(leader).lock.stolen_at.is_empty(), "after {millis} ms");
        world.heal(leader);
        world.run_until_quiet(500);
        world.assert_converged();
    }
}

/// A tab that has just replaced a frozen leader loses the lock to a third one, which freezes as well: it bears with that one for a minute.
#[test]
fn nobody_steals_twice_a_minute() {
    let (mut world, leader, follower, _) = with_follower(Kind::Acks);
    let third = world.open_tab(leader);
    world.connect(third);
    world.tell(third, Input::Visible(false));
    world.run_for(5_000);
    world.freeze(leader);
    world.push(follower, "bm_1", "one");
    assert!(world.run_until(4_000, |world| is(world, follower, ConnectionState::Live)));
    world.steal(follower);
    assert!(world.run_until(4_000, |world| is(world, third, ConnectionState::Live)));
    world.freeze(third);
    let late = world.push(follower, "bm_1", "two");
    assert!(world.run_until(70_000, |world| world.server.received.contains(&late)));
    let stolen_at = &world.machine(leader).lock.stolen_at;
    let between = stolen_at[1] - stolen_at[0];
    assert!(stolen_at.len() == 2 && (60_000..64_000).contains(&between), "{stolen_at:?}");
    for frozen in [leader, third] {
        world.thaw(frozen);
    }
    world.run_until_quiet(500);
    world.assert_converged();
}

/// Two pages are seen, and each has something to send. One of them takes the lock, and tells the other one; should that come too late, the other
/// one takes it away, and both have done so once.
#[test]
fn two_that_wait_do_not_steal_by_turns() {
    let mut steals = 0;
    for millis in (0..200).step_by(10) {
        let (mut world, leader, follower, _) = with_follower(Kind::Acks);
        let third = world.open_tab(leader);
        world.connect(third);
        world.run_for(5_000);
        world.freeze(leader);
        world.push(follower, "bm_1", "one");
        world.run_for(millis);
        world.push(third, "bm_2", "two");
        assert!(world.run_until(4_000, |world| world.server.received.len() == 2));
        world.run_for(600_000);
        let stolen_at = &world.machine(leader).lock.stolen_at;
        assert!(stolen_at.len() <= 2, "after {millis} ms: {stolen_at:?}");
        steals += stolen_at.len();
        world.thaw(leader);
        world.run_until_quiet(500);
        world.assert_converged();
    }
    assert!(steals <= 22, "{steals} of 20");
}

/// The leader freezes at any point between a push and its confirmation, and thaws after another tab has sent what it had begun.
#[test]
fn leader_thaws_mid_send() {
    for kind in [Kind::Acks, Kind::Silent] {
        for millis in (0..120).step_by(3) {
            let (mut world, leader, follower, _) = with_follower(kind);
            let pushed: Vec<String> = (0..5).map(|number| world.push(leader, &format!("bm_{number}"), "mid-send")).collect();
            world.run_for(millis);
            take_over(&mut world, leader, follower);
            world.push(follower, "bm_1", "after it");
            world.run_for(10_000);
            world.thaw(leader);
            world.run_until_quiet(500);
            for event_id in pushed.iter().filter(|event_id| world.oracle.changes().contains_key(event_id.as_str())) {
                assert!(is_settled(&world, leader, event_id).is_some(), "{kind:?}, after {millis} ms");
            }
            assert!(is(&world, leader, ConnectionState::Following));
            world.assert_converged();
        }
    }
}

/// Between the steal and the word of it the former leader goes on for a moment: nothing of it is written or begun.
#[test]
fn the_lock_is_stolen_from_a_leader_that_is_awake() {
    for kind in Kind::ALL {
        let (mut world, leader, follower, _) = with_follower(kind);
        for number in 0..10 {
            world.push(leader, "bm_1", &number.to_string());
            world.push(follower, "bm_2", &number.to_string());
            world.run_for(number * 7);
            world.steal(leader); // From whichever has it.
        }
        world.run_until_quiet(500);
        world.assert_converged();
    }
}

/// Hints come late or never; the database has the truth, and each tab looks there now and then.
#[test]
fn channel_loses() {
    let (mut world, leader, follower, laptop) = with_follower(Kind::Acks);
    world.luck.set_odds(Fault::HintLost, 100);
    for number in 0..20 {
        world.push(follower, "bm_1", &number.to_string());
        world.push(laptop, "bm_2", &number.to_string());
        world.run_for(1_000);
    }
    world.freeze(follower);
    world.push(laptop, "bm_3", "while it is frozen"); // The hint at this one never comes.
    world.run_until_quiet(500);
    world.thaw(follower);
    world.run_for(31_000);
    assert_eq!(world.shown_bookmark(follower, "bm_3"), Some(content("while it is frozen")));
    assert!(world.machine(leader).disk.outbox().is_empty());
    world.run_until_quiet(500);
    world.assert_converged();
}

/// One tab pushes, another gets the confirmation, the first one is opened anew: it can still learn what became of its change.
#[test]
fn receipt_in_another_tab() {
    for kind in Kind::ALL {
        let (mut world, leader, follower, _) = with_follower(kind);
        world.cut(leader);
        let pushed = world.push(follower, "bm_1", "whose receipt?");
        world.run_for(1_000);
        let receipt = |world: &mut World| match world.answer(follower, Query::Receipt(pushed.clone())) {
            Some(Reply::Receipt { standing, .. }) => standing,
            other => panic!("not a receipt: {other:?}"),
        };
        assert_eq!(receipt(&mut world), Some(Standing::Pending));
        world.heal(leader);
        world.run_until_quiet(500);
        assert_eq!(is_settled(&world, follower, &pushed), Some(Outcome::Confirmed), "{kind:?}");
        world.reload(follower);
        world.run_until_quiet(500);
        assert_eq!(receipt(&mut world), Some(Standing::Ended(Outcome::Confirmed)), "{kind:?}");
        world.assert_converged();
    }
}

/// A tab is asked for the receipt of a change that another one has stored this very moment: it answers when it knows.
#[test]
fn receipt_of_a_change_that_was_just_stored() {
    let (mut world, leader, follower, _) = with_follower(Kind::Acks);
    world.luck.set_odds(Fault::HintLost, 100);
    for number in 0..60 {
        let pushed = world.push(leader, &format!("bm_{number}"), "x");
        let push = world.pushes[&pushed].push;
        assert!(world.run_until(5_000, |world| world.tab(leader).diary.stored.contains_key(&push)));
        let answer = world.answer(follower, Query::Receipt(pushed));
        assert!(matches!(answer, Some(Reply::Receipt { standing: Some(_), .. })), "{answer:?}");
    }
    let answer = world.answer(follower, Query::Receipt("nobody's".into()));
    assert!(matches!(answer, Some(Reply::Receipt { standing: None, .. })), "{answer:?}");
}

/// Each tab shows what any of them stores or merges, once, and tells where it came from.
#[test]
fn a_tab_shows_what_another_one_did() {
    let (mut world, leader, follower, laptop) = with_follower(Kind::Acks);
    for (title, author, seen_by, origin) in [
        ("one", laptop, leader, Origin::Remote),
        ("two", laptop, follower, Origin::Remote),
        ("three", leader, follower, Origin::Tab),
        ("four", follower, leader, Origin::Tab),
    ] {
        let pushed = world.push(author, "bm_1", title);
        world.run_until_quiet(500);
        let change = last_change(&world, seen_by);
        assert_eq!((change.origin, change.stamp.event_id(), change.data.as_str()), (origin, pushed.as_str(), content(title).as_str()));
    }
    let pushed = world.delete(follower, "bm_1");
    world.run_until_quiet(500);
    let change = last_change(&world, leader);
    assert_eq!((change.origin, change.operation, change.stamp.event_id()), (Origin::Tab, Operation::Delete, pushed.as_str()));
    assert_eq!(world.tab(leader).diary.changes.len(), 5);
    world.assert_converged();
}

/// A change can be taken back in any tab, as long as it was not sent; then every tab shows again what was there before.
#[test]
fn cancelled_in_a_follower() {
    let (mut world, leader, follower, _) = with_follower(Kind::Acks);
    world.push(leader, "bm_1", "before");
    world.run_until_quiet(500);
    world.cut(leader);
    for author in [leader, follower] {
        let regretted = world.push(author, "bm_1", "regretted");
        world.run_for(1_000);
        assert_eq!(decide(&mut world, follower, Decision::Cancel, &regretted), Some(true));
        world.run_for(1_000);
        for tab in [leader, follower] {
            assert_eq!(is_settled(&world, tab, &regretted), Some(Outcome::Cancelled));
            let change = last_change(&world, tab);
            assert_eq!((change.origin, change.data.as_str()), (Origin::Restored, content("before").as_str()));
        }
        assert_eq!(decide(&mut world, leader, Decision::Cancel, &regretted), Some(false));
    }
    world.heal(leader);
    world.run_until_quiet(500);
    let sent = world.push(follower, "bm_1", "sent");
    assert!(world.run_until(5_000, |world| world.server.received.contains(&sent)));
    assert_eq!(decide(&mut world, follower, Decision::Cancel, &sent), Some(false));
    world.run_until_quiet(500);
    world.assert_converged();
}

/// A refusal is told in every tab, and any of them may send the change again or give it up.
#[test]
fn refused_and_decided_in_a_follower() {
    for decision in [Decision::Discard, Decision::Retry] {
        let (mut world, leader, follower, laptop) = with_follower(Kind::Acks);
        let pushed = world.push(leader, "bm_1", "refused");
        world.server.will_refuse.insert(pushed.clone());
        world.run_until_quiet(500);
        for tab in [leader, follower] {
            assert_eq!(world.tab(tab).diary.rejected.iter().map(|rejected| &rejected.event_id).collect::<Vec<_>>(), [&pushed]);
        }
        assert_eq!(decide(&mut world, follower, decision, &pushed), Some(true));
        world.run_until_quiet(500);
        let (outcome, shown) = match decision {
            Decision::Retry => (Outcome::Confirmed, Some(content("refused"))),
            Decision::Discard | Decision::Cancel => (Outcome::Discarded, None),
        };
        for tab in [leader, follower] {
            assert_eq!(is_settled(&world, tab, &pushed), Some(outcome), "{decision:?}");
        }
        assert_eq!([leader, follower, laptop].map(|tab| world.shown_bookmark(tab, "bm_1")), [shown.clone(), shown.clone(), shown]);
        world.assert_converged();
    }
}

/// The answer to a decision.
fn decide(world: &mut World, id: TabId, decision: Decision, event_id: &str) -> Option<bool> {
    let read = world.decide(id, decision, event_id);
    assert!(world.run_until(60_000, |world| world.tab(id).diary.replies.contains_key(&read)));
    match world.tab_mut(id).diary.replies.remove(&read)? {
        Ok(Reply::Done(is_done)) => Some(is_done),
        _ => None,
    }
}

/// The leader goes, in whatever way: another tab has the connection within a second.
#[test]
fn a_leader_that_goes_hands_over_at_once() {
    let goes: [fn(&mut World, TabId); 3] = [World::close, World::crash, World::disconnect];
    for go in goes {
        let (mut world, leader, follower, _) = with_follower(Kind::Acks);
        let pushed = world.push(leader, "bm_1", "last words");
        world.run_for(8); // It is on the disk, and not on the wire.
        go(&mut world, leader);
        assert!(world.run_until(1_000, |world| is(world, follower, ConnectionState::Live)));
        world.run_until_quiet(500);
        assert_eq!(world.server.received, [pushed]);
        world.assert_converged();
    }
}

/// A tab that the app did not connect is never the one that sends, and shows all the same what the others do.
#[test]
fn a_tab_without_a_connection_never_leads() {
    let (mut world, leader, laptop) = World::with_two(Kind::Acks);
    let idle = world.open_tab(leader);
    world.push(laptop, "bm_1", "for all tabs");
    world.run_until_quiet(500);
    assert_eq!(world.shown_bookmark(idle, "bm_1"), Some(content("for all tabs")));
    world.close(leader);
    world.push(idle, "bm_2", "waits");
    world.run_for(600_000);
    assert_eq!((world.machine(idle).disk.outbox().len(), is(&world, idle, ConnectionState::Idle)), (1, true));
    world.reopen(leader);
    world.run_until_quiet(500);
    world.assert_converged();
}

/// The browser drops the database: what was not with the server is gone with it, everything else comes back, and nothing is told twice.
#[test]
fn a_lost_database() {
    for kind in Kind::ALL {
        let (mut world, leader, follower, laptop) = with_follower(kind);
        world.push(follower, "bm_1", "with the server");
        world.run_until_quiet(500);
        world.cut(leader);
        world.run_for(1_000);
        world.push(leader, "bm_2", "on the lost disk alone");
        world.run_for(1_000);
        world.lose_database(leader);
        world.heal(leader);
        world.push(follower, "bm_3", "after it");
        world.run_until_quiet(500);
        assert_eq!(world.shown(leader).len(), 2, "{kind:?}");
        assert_eq!(world.shown(leader), world.shown(laptop), "{kind:?}");
        world.assert_converged();
    }
}
