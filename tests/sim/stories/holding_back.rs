//! Changes that wait for a while before they are sent, or are not sent at all, because others make them needless.

use crate::canary::content;
use crate::luck::Fault;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::io::Input;
use sealwire::engine::notice::Outcome;

const HOUR: u64 = 3_600_000;

/// A phone with two connected tabs, which hold changes back for an hour; the first one leads.
fn holding_back() -> (World, TabId, TabId) {
    let (mut world, _, _) = World::with_two(Kind::Acks);
    let leader = world.add_with("tablet", |machine| machine.config.debounce = HOUR);
    world.connect(leader);
    world.run_until_quiet(500);
    let follower = world.open_tab(leader);
    world.connect(follower);
    world.run_until_quiet(500);
    (world, leader, follower)
}

/// What is held back is on the disk, so a page that goes loses nothing.
#[test]
fn debounce_in_memory() {
    let (mut world, leader, follower) = holding_back();
    for author in [leader, follower] {
        let pushed = world.push(author, "bm_1", &format!("held back by {}", author.0));
        world.run_for(1_000);
        assert_eq!(world.machine(author).disk.outbox().len(), 1);
        world.run_for(HOUR / 2);
        assert!(!world.server.received.contains(&pushed));
        world.close(leader);
        world.close(follower);
        world.reopen(leader);
        world.reopen(follower);
        world.run_until_quiet(500);
        assert!(world.server.received.contains(&pushed));
    }
    world.assert_converged();
}

/// A later change takes the place of one that is held back, whichever tab it is made in, and is sent when its hour is over.
#[test]
fn a_later_change_takes_the_place_of_one_that_is_held_back() {
    let (mut world, leader, follower) = holding_back();
    let first = world.push(follower, "bm_1", "first");
    world.run_for(1_000);
    let last = world.push(leader, "bm_1", "last");
    world.run_for(HOUR + 10_000);
    assert_eq!(world.server.received, [last]);
    assert_eq!(world.tab(follower).diary.settled[&first], Outcome::Superseded);
    world.run_until_quiet(500);
    world.assert_converged();
}

/// A tab that is hidden or disconnects has its changes sent at once, also where another tab is the one that sends; so has a tab that
/// pushes while it is hidden.
#[test]
fn nothing_is_held_back_for_who_is_gone() {
    let hide = |world: &mut World, id: TabId| world.tell(id, Input::Visible(false));
    let goes: [fn(&mut World, TabId); 2] = [hide, World::disconnect];
    for go in goes {
        for is_leader in [true, false] {
            let (mut world, leader, follower) = holding_back();
            let author = if is_leader { leader } else { follower };
            let pushed = world.push(author, "bm_1", "held back");
            world.run_for(1_000);
            assert!(world.server.received.is_empty());
            go(&mut world, author);
            world.run_for(5_000);
            assert_eq!(world.server.received, [pushed], "leader: {is_leader}");
        }
    }
    for is_leader in [true, false] {
        let (mut world, leader, follower) = holding_back();
        let author = if is_leader { leader } else { follower };
        hide(&mut world, author);
        let hidden = world.push(author, "bm_1", "while hidden");
        world.run_for(5_000);
        assert_eq!(world.server.received, [hidden], "leader: {is_leader}");
        world.tell(author, Input::Visible(true));
        world.push(author, "bm_1", "seen");
        world.run_for(5_000);
        assert_eq!(world.server.received.len(), 1, "leader: {is_leader}");
    }
}

/// What was pushed right before `disconnect` is sent first, whether anybody waited for it to be stored or not, held back or not.
#[test]
fn what_was_pushed_before_a_disconnect_is_sent() {
    for debounce in [0, HOUR] {
        for pause in [0, 10, 1_000] {
            let mut world = World::with_two(Kind::Acks).0;
            let tablet = world.add_with("tablet", |machine| machine.config.debounce = debounce);
            world.connect(tablet);
            world.run_until_quiet(500);
            let mut pushed: Vec<String> = (0..100).map(|number| world.push(tablet, &format!("bm_{number}"), "x")).collect();
            world.run_for(pause);
            world.disconnect(tablet);
            world.run_for(3_000);
            pushed.sort();
            world.server.received.sort();
            assert_eq!(world.server.received, pushed, "after {pause} ms, held back for {debounce} ms");
            assert!(world.tab(tablet).has_status(|status| status.state == sealwire::engine::notice::ConnectionState::Idle));
        }
    }
}

/// A create is on the wire when the connection dies. A later delete does not make it as if nothing had been: the server may have it.
#[test]
fn coalesce_after_send() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        let created = world.push(phone, "bm_1", "created");
        assert!(world.run_until(5_000, |world| world.server.received.contains(&created)));
        world.cut(phone);
        world.delete(phone, "bm_1");
        world.run_for(1_000);
        world.reload(phone); // Which entries were attempted is known from the disk.
        world.heal(phone);
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), None, "{kind:?}");
        world.assert_converged();
    }
}

/// What was never attempted is replaced by the newest of its entity, and only that is sent.
#[test]
fn of_what_was_never_sent_the_last_is_sent() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.cut(phone);
        world.run_for(1_000);
        let pushed: Vec<String> = (0..10).map(|number| world.push(phone, "bm_1", &number.to_string())).collect();
        world.run_for(1_000);
        world.heal(phone);
        world.run_until_quiet(500);
        assert_eq!(world.server.received, pushed[9..], "{kind:?}");
        let settled = &world.tab(phone).diary.settled;
        assert!(pushed[..9].iter().all(|id| settled[id] == Outcome::Superseded), "{kind:?}");
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("9")), "{kind:?}");
        world.assert_converged();
    }
}

/// A change is on the wire, the same is pushed again, the first is refused: the second is not taken for one that changes nothing. What
/// equals the base is, with nothing waiting.
#[test]
fn nothing_changed() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.push(phone, "bm_1", "X");
    world.run_until_quiet(500);
    let refused = world.push(phone, "bm_1", "Y");
    world.server.will_refuse.insert(refused.clone());
    assert!(world.run_until(5_000, |world| world.tab(phone).has_status(|status| status.in_flight == 1)));
    let again = world.push(phone, "bm_1", "Y");
    world.run_until_quiet(500);
    assert_eq!(world.tab(phone).diary.settled[&again], Outcome::Confirmed);
    assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("Y")));
    let needless = world.push(phone, "bm_1", "Y");
    world.run_until_quiet(500);
    assert_eq!(world.tab(phone).diary.settled[&needless], Outcome::Unchanged);
    assert!(!world.server.received.contains(&needless) && world.server.received.contains(&refused));
    world.assert_converged();
}

/// The disk fails between a conflict and the look at what caused it: the change that another tab has taken back is not sent.
#[test]
fn taken_back_while_the_disk_fails() {
    for millis in 0..30 {
        let (mut world, leader, _) = World::with_two(Kind::Acks);
        let follower = world.open_tab(leader);
        world.connect(follower);
        world.run_until_quiet(500);
        world.luck.set_odds(Fault::HintLost, 100);
        world.cut(leader);
        let pushed = world.push(leader, "bm_1", "regretted");
        world.run_for(500);
        world.heal(leader);
        world.decide(follower, sealwire::engine::io::Decision::Cancel, &pushed);
        world.run_for(millis);
        world.luck.set_odds(Fault::DiskFails, 40);
        world.run_for(20_000);
        world.luck.clear_odds();
        world.run_until_quiet(500);
        world.assert_converged(); // Which counts what is sent although it was taken back.
    }
}
