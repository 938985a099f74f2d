//! Clocks that are wrong, and become right.

use crate::canary::content;
use crate::luck::Fault;
use crate::moves::key;
use crate::peer::header;
use crate::server::Kind;
use crate::world::World;
use sealwire::engine::event::Stamp;
use sealwire::engine::notice::{Origin, Outcome};
use std::collections::BTreeSet;

const MINUTE: i64 = 60 * 1_000;

/// A phone whose clock is ten minutes ahead makes changes offline. Before they are sent for the first time they are stamped anew: none is
/// refused, the last of an entity stays the last, each is told once, and what follows is not ahead either.
#[test]
fn fast_device_offline() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.cut(phone);
        world.set_clock(phone, 10 * MINUTE);
        world.run_for(1_000);
        let pushed: Vec<String> = (0..4).map(|number| world.push(phone, "bm_1", &number.to_string())).collect();
        let other = world.push(phone, "bm_2", "other");
        world.run_for(1_000);
        world.heal(phone);
        world.run_until_quiet(500);
        assert!(world.server.refused.is_empty(), "{kind:?}");
        let settled = &world.tab(phone).diary.settled;
        assert_eq!(pushed.iter().map(|id| settled[id]).collect::<Vec<_>>()[..3], [Outcome::Superseded; 3], "{kind:?}");
        assert_eq!([settled[&pushed[3]], settled[&other]], [Outcome::Confirmed; 2], "{kind:?}");
        let after = world.push(phone, "bm_3", "after it");
        world.run_until_quiet(500);
        let changes = world.oracle.changes();
        let latest = [&pushed[3], &other, &after].map(|id| changes[id.as_str()].1.0);
        assert!(latest.iter().all(|timestamp| *timestamp <= world.wall()), "{kind:?}");
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("3")), "{kind:?}");
        let local = world.tab(phone).diary.changes.iter().filter(|change| change.origin == Origin::Local);
        let told: Vec<_> = local.map(|change| change.stamp.event_id()).collect();
        assert_eq!(told.len(), pushed.len() + 2 + 2, "each once, and those once more that were stamped anew: {kind:?}");
        assert_eq!(told[told.len() - 2..].iter().chain(&told[..1]).collect::<BTreeSet<_>>().len(), 3);
        world.assert_converged();
    }
}

/// Two events of one entity from the future are kept in one transaction, the newer one first: it is the one that stays.
#[test]
fn two_from_the_future_at_once() {
    for newer_first in [true, false] {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        let mut events = [("sooner", 1), ("later", 2)].map(|(event_id, hours)| {
            let mut header = header(key("bm_1"), event_id);
            header.stamp = Stamp::new(world.wall() + hours * 3_600_000, "elsewhere", event_id);
            world.event_of(&header, event_id)
        });
        if newer_first {
            events.reverse();
        }
        world.luck.set_odds(Fault::DiskSlow, 100);
        world.push(phone, "bm_2", "keeps the disk busy");
        world.run_for(20);
        for event in &events {
            world.server_sends(phone, event);
            world.run_for(90); // One is opened before the other comes.
        }
        world.luck.clear_odds();
        world.run_for(2 * 3_600_000 + 600_000);
        assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("later")), "the newer first: {newer_first}");
    }
}

/// The user sets the clock an hour ahead, and back, while the device is connected: what is refused for it is stamped anew as soon as the
/// server has told its time, and no stamp is believed for long.
#[test]
fn wall_jump() {
    for skew in [60 * MINUTE, -60 * MINUTE] {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        world.push(phone, "bm_1", "before");
        world.run_until_quiet(500);
        world.set_clock(phone, skew);
        world.push(phone, "bm_1", "after the jump");
        world.push(phone, "bm_2", "too");
        world.run_for(120_000);
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), Some(content("after the jump")), "{skew}");
        assert_eq!(world.shown_bookmark(laptop, "bm_2"), Some(content("too")), "{skew}");
        world.run_until_quiet(500);
        world.assert_converged();
    }
}

/// An event is stamped an hour ahead. It is kept although the cursor has moved past it and the page is opened anew, lifts no stamp
/// meanwhile, and is merged when its time has come.
#[test]
fn quarantine_lost() {
    for by_pull in [true, false] {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        let mut header = header(key("bm_1"), "from_the_future");
        header.stamp = Stamp::new(world.wall() + 3_600_000, "elsewhere", "from_the_future");
        let event = world.event_of(&header, "held");
        if by_pull {
            world.server.forgeries.push(event); // It is in the next page, and in none after it.
            world.restart_server();
            assert!(world.run_until(20_000, |world| world.tab(phone).has_status(|status| status.held == 1)));
            world.server.forgeries.clear();
        } else {
            world.server_sends(phone, &event);
            world.server_sends(laptop, &event);
            world.run_for(1_000);
        }
        world.push(phone, "bm_2", "moves the cursor");
        world.reload(phone);
        world.run_until_quiet(500);
        assert!(world.tab(phone).has_status(|status| status.held == 1));
        let now = world.push(phone, "bm_1", "now");
        world.run_for(10_000);
        assert!(world.oracle.changes()[now.as_str()].1.0 <= world.wall());
        assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("now")));
        world.run_for(3_700_000);
        assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("held")));
        assert!(world.tab(phone).has_status(|status| status.held == 0));
    }
}
